import { branded } from "../../engine/model/branded.ts";

/**
 * An option that a home cannot work with. Its message names the option, what was given, and the right form; of what was
 * given it shows no more than a short text or a number.
 */
export class OptionError extends TypeError {
  override readonly name = "OptionError";
  /** Always INVALID_OPTION. */
  readonly code = "INVALID_OPTION";
  /** The option as it is written: `retentionDays`, `arn.region`. */
  readonly option: string;

  constructor(option: string, message: string, settings?: ErrorOptions) {
    super(message, settings);
    this.option = option;
  }
}

branded(OptionError, "OptionError");
