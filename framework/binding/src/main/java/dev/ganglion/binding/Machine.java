package dev.ganglion.binding;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What natives depend on, so that it can be compared before they are loaded.
 *
 * @param system {@code linux}
 * @param processor {@code x86_64}, {@code aarch64}
 * @param libc {@code glibc}, {@code musl}, or {@code unknown}
 * @param libcVersion {@code 2.36}; empty when unknown
 * @param features what the processor can do, as {@code /proc/cpuinfo} names it: {@code avx2},
 *     {@code asimd}; empty when unknown
 */
public record Machine(
        String system, String processor, String libc, String libcVersion, Set<String> features) {
    private static final Path PROCESSOR_INFORMATION = Path.of("/proc/cpuinfo");
    private static final Path MAPPED_FILES = Path.of("/proc/self/maps");

    /** Copies the features. */
    public Machine {
        features = Set.copyOf(features);
    }

    /** {@return this one} */
    public static Machine here() {
        String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String libc = libc(read(MAPPED_FILES));
        return new Machine(
                name.contains("linux") ? "linux" : name.replace(' ', '_'),
                processorHere(),
                libc,
                libc.equals("glibc") ? glibcVersion() : "",
                features(read(PROCESSOR_INFORMATION)));
    }

    static String processorHere() {
        String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return name.equals("amd64") || name.equals("x64") ? "x86_64" : name;
    }

    private static String glibcVersion() {
        return CMemory.text(
                CLibrary.standard()
                        .function("gnu_get_libc_version", CType.POINTER, List.of())
                        .call());
    }

    /** A machine may have both; what counts is which one this process was linked with. */
    static String libc(String mappedFiles) {
        if (mappedFiles.contains("/ld-musl-")) {
            return "musl";
        }
        return mappedFiles.contains("/libc.so.6") || mappedFiles.contains("/libc-2.")
                ? "glibc"
                : "unknown";
    }

    static Set<String> features(String processorInformation) {
        for (String line : processorInformation.split("\n")) {
            int colon = line.indexOf(':');
            String key = colon < 0 ? "" : line.substring(0, colon).strip();
            if (key.equals("flags") || key.equals("Features")) {
                return Set.of(line.substring(colon + 1).strip().split("\\s+"));
            }
        }
        return Set.of();
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            return "";
        }
    }

    /** {@return system and processor: {@code linux-x86_64}} */
    public String platform() {
        return system + "-" + processor;
    }

    /**
     * Refuses when something is known to be missing.
     *
     * @param who needs it, as the beginning of a sentence: {@code the natives of llama.cpp}
     * @param glibc the oldest version that will do
     * @param needed what the processor must be able to do
     * @throws GanglionException of kind SETUP that lists what is needed and what is there
     */
    public void require(String who, String glibc, Set<String> needed) {
        boolean tooOld =
                libc.equals("glibc") && !libcVersion.isEmpty() && older(libcVersion, glibc);
        if (tooOld || libc.equals("musl")) {
            throw refused(
                    who,
                    "glibc " + glibc + " or newer",
                    libc + (libcVersion.isEmpty() ? "" : " " + libcVersion),
                    "run on a newer system with glibc");
        }
        Set<String> missing = new TreeSet<>(needed);
        missing.removeAll(features);
        if (!features.isEmpty() && !missing.isEmpty()) {
            throw refused(
                    who,
                    "a processor with " + String.join(", ", new TreeSet<>(needed)),
                    "one without "
                            + String.join(", ", missing)
                            + " (it has: "
                            + String.join(", ", new TreeSet<>(features))
                            + ")",
                    "run on a newer processor");
        }
    }

    private GanglionException refused(String who, String expected, String found, String remedy) {
        return new GanglionException(
                Kind.SETUP,
                who
                        + " cannot run here on "
                        + platform()
                        + ": expected "
                        + expected
                        + ", found "
                        + found
                        + "; "
                        + remedy
                        + ", or give the model to another engine");
    }

    private static boolean older(String version, String than) {
        String[] own = version.split("\\D+");
        String[] other = than.split("\\D+");
        for (int i = 0; i < Math.min(own.length, other.length); i++) {
            int difference = Integer.compare(Integer.parseInt(own[i]), Integer.parseInt(other[i]));
            if (difference != 0) {
                return difference < 0;
            }
        }
        return false;
    }
}
