// Loaded into a child that leads a process group of its own: when its parent dies, however suddenly, the channel
// between them closes, and the whole group ends. Otherwise a killed `npm start` would leave servers behind.
if (process.env["PERDURE_GROUP_LEADER"] === String(process.ppid)) {
  process.on("disconnect", () => {
    try {
      process.kill(-process.pid, "SIGKILL");
    } catch {
      process.exit(1);
    }
  });
  process.channel?.unref();
}
