package dev.ganglion.tokenizer.huggingface;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one native tokenizers library of the process: whether it may be loaded, and from where.
 *
 * <p>No class of {@code ai.djl} is initialised before the settings are made: DJL reads them once,
 * and a failed attempt to load cannot be repeated in the same process.
 */
final class NativeLibrary {
    /** DJL reports to its vendor unless this is true; a variable or a system property. */
    static final String TRACKING = "OPT_OUT_TRACKING";

    /** DJL may download natives unless one of these is true: the variable, the property. */
    static final String OFFLINE_VARIABLE = "DJL_OFFLINE";

    static final String OFFLINE = "ai.djl.offline";

    /** Where the library lies: the file or its folder. A variable or a system property of DJL. */
    static final String LIBRARY = "RUST_LIBRARY_PATH";

    /** Where DJL copies the library to out of its jar: variables or system properties. */
    static final List<String> CACHES = List.of("ENGINE_CACHE_DIR", "DJL_CACHE_DIR");

    static final String FOLDER_PROPERTY = "ganglion.natives";
    static final String VAR_PROPERTY = "ganglion.var";

    private static @Nullable TokenizersLibrary library;

    private NativeLibrary() {}

    /**
     * {@return the library, loading it when it is asked for the first time}
     *
     * @throws GanglionException of kind SETUP when it must not or cannot be loaded
     */
    static synchronized TokenizersLibrary library() {
        if (library == null) {
            library = load();
        }
        return library;
    }

    private static TokenizersLibrary load() {
        refuseFalse(TRACKING, System.getenv(TRACKING));
        refuseFalse(TRACKING, System.getProperty(TRACKING));
        refuseFalse(OFFLINE_VARIABLE, System.getenv(OFFLINE_VARIABLE));
        refuseFalse(OFFLINE, System.getProperty(OFFLINE));
        System.setProperty(TRACKING, "true");
        System.setProperty(OFFLINE, "true");
        Path copy = place();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // DJL looks for its version and its natives with the loader of whoever calls.
        thread.setContextClassLoader(TokenizersLibrary.class.getClassLoader());
        try {
            LibUtils.checkStatus();
            return TokenizersLibrary.LIB;
        } catch (LinkageError | AssertionError | RuntimeException e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new GanglionException(
                    Kind.SETUP,
                    "Hugging Face's tokenizers cannot be loaded ("
                            + oneLine(cause)
                            + "); expected libtokenizers for "
                            + platform()
                            + " with glibc, in the jar of DJL or in the folder that "
                            + LIBRARY
                            + " names, and loaded by one bundle only: correct that and start the"
                            + " process again",
                    e);
        } finally {
            thread.setContextClassLoader(before);
            if (copy != null) {
                delete(copy);
            }
        }
    }

    /**
     * Refuses a switch that was set to anything but true, which would let DJL use the network.
     *
     * @param value null when it is not set
     */
    static void refuseFalse(String name, @Nullable String value) {
        if (value != null && !value.equalsIgnoreCase("true")) {
            throw new GanglionException(
                    Kind.SETUP,
                    "Hugging Face's tokenizers are not loaded, for DJL could use the network:"
                            + " expected "
                            + name
                            + "=true or none, found '"
                            + value
                            + "'; remove it and start the process again");
        }
    }

    /**
     * Decides where the library comes from, unless DJL's own settings say it.
     *
     * @return a folder to delete once the library is loaded, or null
     */
    private static @Nullable Path place() {
        if (given(LIBRARY) || CACHES.stream().anyMatch(NativeLibrary::given)) {
            return null;
        }
        String natives = System.getProperty(FOLDER_PROPERTY);
        if (natives != null) {
            Path folder = Path.of(natives, platform(), "tokenizers").toAbsolutePath();
            Path file = folder.resolve(System.mapLibraryName("tokenizers"));
            if (Files.isRegularFile(file)) {
                System.setProperty(LIBRARY, file.toString());
                return null;
            }
        }
        String var = System.getProperty(VAR_PROPERTY);
        if (var != null) {
            System.setProperty("DJL_CACHE_DIR", Path.of(var, "natives").toString());
            return null;
        }
        try {
            // Not the shared folder itself: DJL would load what somebody else has put there.
            Path own = Files.createTempDirectory("ganglion-natives");
            System.setProperty("DJL_CACHE_DIR", own.toString());
            return own;
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    "Hugging Face's tokenizers have no folder for their native library ("
                            + e
                            + "); name one with -D"
                            + VAR_PROPERTY
                            + "=<folder>",
                    e);
        }
    }

    private static boolean given(String name) {
        return System.getenv(name) != null || System.getProperty(name) != null;
    }

    private static String platform() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String name =
                os.contains("linux")
                        ? "linux"
                        : os.contains("mac") ? "mac" : os.contains("windows") ? "windows" : os;
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return name + "-" + (arch.equals("amd64") || arch.equals("x64") ? "x86_64" : arch);
    }

    /** A loaded library needs its file no more; where the system thinks otherwise, it stays. */
    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException inUse) {
            folder.toFile().deleteOnExit();
        }
    }

    /** {@return what a failure says, in one line} */
    static String oneLine(Throwable e) {
        String text = e.getMessage() == null ? e.toString() : e.getMessage();
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
