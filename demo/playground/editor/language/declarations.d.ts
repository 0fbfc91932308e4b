/** Made by `scripts/playground-declarations.ts` when the playground is built. */
declare module "virtual:declarations" {
  export const declarations: Readonly<Record<string, string>>;
}
