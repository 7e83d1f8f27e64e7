package dev.ganglion.engine.onnxruntime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one ONNX Runtime of the process: whether it may be loaded, from where, and its environment.
 *
 * <p>No class of {@code ai.onnxruntime} is initialised before both refusals were asked: their
 * initialisers load the native library, which reads the environment variable once, and a failed
 * attempt cannot be repeated in the same process.
 */
final class NativeLibrary {
    static final String TELEMETRY_VARIABLE = "ORT_DISABLE_TELEMETRY";
    static final String PATH_PROPERTY = "onnxruntime.native.path";
    static final String FOLDER_PROPERTY = "ganglion.natives";

    private static @Nullable OrtEnvironment environment;

    private NativeLibrary() {}

    /**
     * {@return the environment of the process, loading the library when it is asked for the first
     * time}
     *
     * @throws GanglionException of kind SETUP when it must not or cannot be loaded
     */
    static synchronized OrtEnvironment environment() {
        if (environment == null) {
            environment = load();
        }
        return environment;
    }

    private static OrtEnvironment load() {
        String osName = System.getProperty("os.name", "");
        String osArch = System.getProperty("os.arch", "");
        refuse(telemetryRefusal(System.getenv(TELEMETRY_VARIABLE)));
        refuse(platformRefusal(osName, osArch, runsOnMusl()));
        String found =
                nativeFolder(
                        System.getProperty(PATH_PROPERTY),
                        System.getProperty(FOLDER_PROPERTY),
                        osName,
                        osArch);
        if (found != null) {
            System.setProperty(PATH_PROPERTY, found);
        }
        try {
            // What fails is thrown; printing it as well would put a line on stderr for each
            // cancelled step.
            return OrtEnvironment.getEnvironment(
                    OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "ganglion");
        } catch (LinkageError | RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new GanglionException(
                    Kind.SETUP,
                    "ONNX Runtime cannot be loaded from "
                            + (found == null ? "its own jar" : found)
                            + " ("
                            + oneLine(cause)
                            + "); expected libonnxruntime and libonnxruntime4j_jni of the version of"
                            + " its classes: put both into a folder, name it with -D"
                            + PATH_PROPERTY
                            + "=<folder>, and start the process again",
                    e);
        }
    }

    private static void refuse(@Nullable String refusal) {
        if (refusal != null) {
            throw new GanglionException(Kind.SETUP, refusal);
        }
    }

    /**
     * Whether the library would stay silent. From version 1.29 on it reports to its vendor unless
     * the variable is {@code 1} while it is being loaded; its own switch in Java comes too late.
     *
     * @param value the environment variable's value, null when it is not set
     * @return null when it would, else why it must not be loaded
     */
    static @Nullable String telemetryRefusal(@Nullable String value) {
        if ("1".equals(value)) {
            return null;
        }
        return "ONNX Runtime is not loaded, for it would report to its vendor and write into the home"
                + " folder: expected the environment variable "
                + TELEMETRY_VARIABLE
                + "=1, found "
                + (value == null ? "none" : "'" + value + "'")
                + "; set it and start the process again";
    }

    /**
     * Whether natives for this platform exist.
     *
     * @param osName the system property {@code os.name}
     * @param osArch the system property {@code os.arch}
     * @param musl whether the Java virtual machine runs on musl instead of glibc
     * @return null when they do, else why it cannot be loaded
     */
    static @Nullable String platformRefusal(String osName, String osArch, boolean musl) {
        String platform = platform(osName, osArch);
        boolean exists =
                switch (platform) {
                    case "linux-x86_64", "linux-aarch64" -> !musl;
                    case "mac-aarch64", "windows-x86_64" -> true;
                    default -> false;
                };
        if (exists) {
            return null;
        }
        return "ONNX Runtime has no native library for "
                + platform
                + (musl ? " with musl" : "")
                + "; it exists for linux-x86_64 and linux-aarch64 with glibc 2.28 or newer,"
                + " mac-aarch64 and windows-x86_64: run on one of these, or give the model to"
                + " another engine";
    }

    /**
     * Where the image keeps the natives.
     *
     * @param path the value of {@link #PATH_PROPERTY}, which wins
     * @param natives the value of {@link #FOLDER_PROPERTY}
     * @return null when neither says so: the library then copies its natives out of its jar
     */
    static @Nullable String nativeFolder(
            @Nullable String path, @Nullable String natives, String osName, String osArch) {
        if (path != null || natives == null) {
            return path;
        }
        Path folder = Path.of(natives).resolve(platform(osName, osArch)).resolve("onnxruntime");
        return Files.isDirectory(folder) ? folder.toAbsolutePath().normalize().toString() : null;
    }

    private static String platform(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT);
        String name =
                os.contains("linux")
                        ? "linux"
                        : os.contains("mac") ? "mac" : os.contains("windows") ? "windows" : os;
        String arch = osArch.toLowerCase(Locale.ROOT);
        return name + "-" + (arch.equals("amd64") || arch.equals("x64") ? "x86_64" : arch);
    }

    /** A machine may have both libraries; what counts is which one this process was linked with. */
    private static boolean runsOnMusl() {
        Path maps = Path.of("/proc/self/maps");
        if (!Files.isReadable(maps)) {
            return false;
        }
        try (Stream<String> lines = Files.lines(maps)) {
            return lines.anyMatch(line -> line.contains("/ld-musl-"));
        } catch (IOException | RuntimeException unreadable) {
            return false;
        }
    }

    /** {@return what the library says about a failure, in one line} */
    static String oneLine(Throwable e) {
        return oneLine(e.getMessage() == null ? e.toString() : e.getMessage());
    }

    /** {@return the same text without line breaks} */
    static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
