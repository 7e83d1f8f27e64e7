package dev.ganglion.worker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a process ended, in words. */
final class Death {
    private static final int SIGNALLED = 128;
    private static final int MAX_SIGNAL = 64;

    /** In the order of their numbers, from 1. */
    private static final List<String> SIGNALS =
            List.of(
                    "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS",
                    "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM",
                    "SIGTERM");

    private Death() {}

    /**
     * {@return what happened, as a part of a sentence that follows the worker's name: {@code ended
     * with signal 9 (SIGKILL)}}
     *
     * @param exitValue as Java gives it: 128 and the signal's number when it was ended by one
     * @param crashFile what the JVM writes when it is hit by native code
     */
    static String describe(int exitValue, Path crashFile) {
        String crash = crash(crashFile);
        if (crash != null) {
            return "crashed: " + crash;
        }
        if (exitValue == 3) {
            return "ended because Java's memory ran out (OutOfMemoryError, exit code 3)";
        }
        int signal = exitValue - SIGNALLED;
        if (signal < 1 || signal > MAX_SIGNAL) {
            return "ended with exit code " + exitValue;
        }
        String name = signal <= SIGNALS.size() ? " (" + SIGNALS.get(signal - 1) + ")" : "";
        return "ended with signal " + signal + name;
    }

    /** The lines that say it: the signal or failure, and the frame in which it happened. */
    private static @Nullable String crash(Path file) {
        if (!Files.isReadable(file)) {
            return null;
        }
        try {
            List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
            String what = null;
            String where = null;
            for (int i = 0; i < lines.size() && where == null; i++) {
                String line = lines.get(i);
                if (what == null && line.startsWith("#  ")) {
                    what = line.substring(1).strip();
                }
                if (line.startsWith("# Problematic frame:") && i + 1 < lines.size()) {
                    where = lines.get(i + 1).substring(1).strip();
                }
            }
            return what == null || where == null ? what : what + ", in " + where;
        } catch (IOException unreadable) {
            return null;
        }
    }
}
