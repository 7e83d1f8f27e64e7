package dev.ganglion.runtime.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the calling thread a low priority on Linux, where each thread has its own and Java's
 * priorities do nothing. It cannot be raised again without rights, so only threads that are made
 * for it call this.
 */
final class LowPriority {
    private static final Logger log = LoggerFactory.getLogger(LowPriority.class);
    private static final String NICENESS = "15";
    private static final long LIMIT_SECONDS = 2;

    private LowPriority() {}

    /** Takes it, when the system lets us. */
    static void take() {
        try {
            Path self = Files.readSymbolicLink(Path.of("/proc/thread-self"));
            Process renice =
                    new ProcessBuilder(
                                    "renice", "-n", NICENESS, "-p", self.getFileName().toString())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!renice.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                renice.destroyForcibly();
            }
        } catch (IOException | RuntimeException e) {
            log.debug("models are loaded at the usual priority", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
