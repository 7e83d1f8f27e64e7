package dev.ganglion.worker.sandbox;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Starts processes through {@code bwrap}, in namespaces of their own. */
final class Bubblewrap implements Sandbox {
    private static final long PROBE_MILLIS = 5_000;

    private final Path program;

    Bubblewrap(Path program) {
        this.program = program;
    }

    /**
     * {@return bubblewrap where it is installed and the kernel lets it make namespaces, else null}
     *
     * @param path folders as in the environment variable {@code PATH}
     */
    static @Nullable Sandbox find(@Nullable String path) {
        for (String folder : (path == null ? "" : path).split(File.pathSeparator)) {
            Path program = Path.of(folder, "bwrap");
            if (!folder.isEmpty() && Files.isExecutable(program) && works(program)) {
                return new Bubblewrap(program.toAbsolutePath());
            }
        }
        return null;
    }

    private static boolean works(Path program) {
        try {
            Process probe =
                    new ProcessBuilder(
                                    program.toString(),
                                    "--unshare-all",
                                    "--ro-bind",
                                    "/",
                                    "/",
                                    "--",
                                    "/bin/true")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!probe.waitFor(PROBE_MILLIS, TimeUnit.MILLISECONDS)) {
                probe.destroyForcibly();
                return false;
            }
            return probe.exitValue() == 0;
        } catch (IOException unusable) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public String name() {
        return "bubblewrap";
    }

    @Override
    public boolean startsAnother() {
        return true;
    }

    @Override
    public Process start(ProcessBuilder builder, Access access) throws IOException {
        builder.command(command(builder, access));
        return builder.start();
    }

    List<String> command(ProcessBuilder builder, Access access) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of("--unshare-all", "--die-with-parent", "--clearenv"));
        for (Map.Entry<String, String> variable : builder.environment().entrySet()) {
            command.addAll(List.of("--setenv", variable.getKey(), variable.getValue()));
        }
        command.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
        for (List<Path> paths : List.of(access.executable(), access.readable())) {
            for (Path path : paths) {
                // Its own /proc and /dev are there already.
                if (!path.startsWith("/proc") && !path.startsWith("/dev")) {
                    command.addAll(List.of("--ro-bind-try", path.toString(), path.toString()));
                }
            }
        }
        for (Path path : access.writable()) {
            command.addAll(List.of("--bind", path.toString(), path.toString()));
        }
        command.addAll(List.of("--chdir", String.valueOf(builder.directory()), "--"));
        command.addAll(builder.command());
        return command;
    }
}
