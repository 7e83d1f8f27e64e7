package dev.ganglion.sensor.series;

import com.fazecast.jSerialComm.SerialPort;
import dev.ganglion.api.data.GanglionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The native library of jSerialComm: from where it is loaded, once per process.
 *
 * <p>Left alone, jSerialComm loads what lies under a name that everybody knows in the folder for
 * temporary files, where everybody may write, and else copies its library there and leaves it. So
 * while it loads, that folder is one of this process, which is deleted afterwards; and its name
 * below the home folder is one that nobody can know.
 */
final class SerialLibrary {
    static final String PATH_PROPERTY = "jSerialComm.library.path";
    static final String FOLDER_PROPERTY = "ganglion.natives";

    private static final String NAME_PROPERTY = "fazecast.jSerialComm.appid";
    private static final String TEMPORARY_PROPERTY = "java.io.tmpdir";

    private static boolean loaded;

    private SerialLibrary() {}

    /**
     * Loads the library when that was not done yet.
     *
     * @throws GanglionException of kind SETUP when it cannot be loaded
     */
    static synchronized void load(String owner) {
        if (loaded) {
            return;
        }
        String name = UUID.randomUUID().toString();
        Path image = imageFolder(System.getProperty(FOLDER_PROPERTY));
        if (image != null && System.getProperty(PATH_PROPERTY) == null) {
            System.setProperty(PATH_PROPERTY, image.toString());
        }
        String temporary = System.getProperty(TEMPORARY_PROPERTY);
        Path own = null;
        try {
            own = Files.createTempDirectory("ganglion-natives");
            System.setProperty(TEMPORARY_PROPERTY, own.toString());
            System.setProperty(NAME_PROPERTY, name);
            Class.forName(SerialPort.class.getName(), true, SerialPort.class.getClassLoader());
            loaded = true;
        } catch (LinkageError | ClassNotFoundException | IOException e) {
            throw new GanglionException(
                    GanglionException.Kind.SETUP,
                    owner
                            + ": jSerialComm's native library cannot be loaded ("
                            + String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ")
                            + "); expected the one of its version for "
                            + platform()
                            + ", in its jar or in a folder that -D"
                            + PATH_PROPERTY
                            + "=<folder> names: correct that and start the process again",
                    e);
        } finally {
            if (temporary != null) {
                System.setProperty(TEMPORARY_PROPERTY, temporary);
            }
            if (own != null) {
                delete(own);
            }
            delete(Path.of(System.getProperty("user.home", ""), ".jSerialComm", name));
        }
    }

    /** {@return the folder in which the image keeps the library, or null when it does not} */
    static @Nullable Path imageFolder(@Nullable String natives) {
        if (natives == null) {
            return null;
        }
        Path folder = Path.of(natives, platform(), "jserialcomm").toAbsolutePath().normalize();
        return Files.isDirectory(folder) ? folder : null;
    }

    private static String platform() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String system =
                os.contains("linux")
                        ? "linux"
                        : os.contains("mac") ? "mac" : os.contains("windows") ? "windows" : os;
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return system + "-" + (arch.equals("amd64") || arch.equals("x64") ? "x86_64" : arch);
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException inUse) {
            // A library that is loaded can be deleted on most systems; on others it goes later.
            folder.toFile().deleteOnExit();
        }
    }
}
