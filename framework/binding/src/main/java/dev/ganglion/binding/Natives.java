package dev.ganglion.binding;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files of a native library, made ready before any of them is loaded.
 *
 * <p>Natives are a folder for each platform with a file {@code CONTENT} that says in lines what
 * they need and what they are: {@code glibc 2.34}, {@code feature avx2}, {@code file <SHA-256>
 * <name>}. They lie unpacked under {@code -Dganglion.natives=<folder>} as {@code
 * <platform>/<library>/}, or in a jar as resources.
 */
public final class Natives {
    /** The system property that names the folder of unpacked natives. */
    static final String FOLDER_PROPERTY = "ganglion.natives";

    /** The system property that names the one folder that may be written to. */
    static final String VAR_PROPERTY = "ganglion.var";

    private static final String CONTENT = "CONTENT";
    private static final List<String> PLATFORMS = List.of("linux-x86_64", "linux-aarch64");

    private final String library;
    private final Machine machine;
    private String glibc = "0";
    private final Set<String> features = new LinkedHashSet<>();
    private final List<Unpacked.File> files = new ArrayList<>();

    private Natives(String library, Machine machine, byte[] content) {
        this.library = library;
        this.machine = machine;
        for (String line : new String(content, StandardCharsets.UTF_8).split("\n")) {
            String[] words = line.strip().split("\\s+");
            switch (words[0]) {
                case "glibc" -> glibc = words[1];
                case "feature" -> features.add(words[1]);
                case "file" -> files.add(new Unpacked.File(words[2], words[1]));
                default -> {}
            }
        }
    }

    /**
     * Finds or unpacks the natives for a machine that can run them.
     *
     * @param library what its folder is called: {@code llamacpp}
     * @param loader whose resources hold it, or null
     * @param resources where: {@code dev/ganglion/natives/llamacpp}; below it is a folder for each
     *     platform, its hyphen an underscore
     * @return absolute and without symbolic links, as {@code /proc/self/maps} shows what is loaded
     *     from it; read it, do not write
     * @throws GanglionException of kind SETUP when there are none for this platform, or the machine
     *     lacks what they need
     */
    public static Path folder(
            String library, @Nullable ClassLoader loader, String resources, Machine machine) {
        try {
            @Nullable Path unpacked = unpacked(library, machine);
            if (unpacked != null) {
                byte[] content = Files.readAllBytes(unpacked.resolve(CONTENT));
                Natives natives = new Natives(library, machine, content);
                natives.require();
                for (Unpacked.File file : natives.files) {
                    if (!Files.isRegularFile(unpacked.resolve(file.name()))) {
                        throw natives.refused(
                                unpacked.resolve(file.name()) + " is missing; install them again");
                    }
                }
                return unpacked.toRealPath();
            }
            byte[] content = resource(loader, resources, machine.platform(), CONTENT);
            if (content == null) {
                throw missing(library, loader, resources, machine);
            }
            Natives natives = new Natives(library, machine, content);
            natives.require();
            return natives.unpack(loader, resources, target(library, content)).toRealPath();
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the natives of "
                            + library
                            + " cannot be made ready ("
                            + e
                            + "); make room, or name a folder that may be written to with -D"
                            + VAR_PROPERTY
                            + "=<folder>",
                    e);
        }
    }

    private static @Nullable Path unpacked(String library, Machine machine) {
        String natives = System.getProperty(FOLDER_PROPERTY);
        if (natives == null) {
            return null;
        }
        Path folder = Path.of(natives, machine.platform(), library).toAbsolutePath().normalize();
        return Files.isRegularFile(folder.resolve(CONTENT)) ? folder : null;
    }

    private static GanglionException missing(
            String library, @Nullable ClassLoader loader, String resources, Machine machine)
            throws IOException {
        List<String> found = new ArrayList<>();
        for (String platform : PLATFORMS) {
            if (resource(loader, resources, platform, CONTENT) != null) {
                found.add(platform);
            }
        }
        return new GanglionException(
                Kind.SETUP,
                "there are no natives of "
                        + library
                        + " for "
                        + machine.platform()
                        + ": expected them in -D"
                        + FOLDER_PROPERTY
                        + "=<folder> under "
                        + machine.platform()
                        + "/"
                        + library
                        + ", or in the jar that carries them, which has: "
                        + (found.isEmpty() ? "none, or is not here" : String.join(", ", found))
                        + "; add them, or give the model to another engine");
    }

    private static byte @Nullable [] resource(
            @Nullable ClassLoader loader, String resources, String platform, String file)
            throws IOException {
        if (loader == null) {
            return null;
        }
        String name = resources + "/" + platform.replace('-', '_') + "/" + file;
        try (@Nullable InputStream in = loader.getResourceAsStream(name)) {
            return in == null ? null : in.readAllBytes();
        }
    }

    private void require() {
        machine.require("the native library " + library, glibc, features);
    }

    private static Path target(String library, byte[] content) {
        String var = System.getProperty(VAR_PROPERTY);
        Path parent =
                var != null
                        ? Path.of(var, "natives")
                        : Path.of(System.getProperty("user.home", ""), ".cache", "ganglion");
        String hash = Unpacked.sha256(content).substring(0, 16);
        return parent.toAbsolutePath().normalize().resolve(library + "-" + hash);
    }

    private Path unpack(@Nullable ClassLoader loader, String resources, Path target)
            throws IOException {
        return new Unpacked(target, files)
                .ready(
                        file -> {
                            byte[] bytes =
                                    resource(loader, resources, machine.platform(), file.name());
                            String found = bytes == null ? "nothing" : Unpacked.sha256(bytes);
                            if (bytes == null || !found.equals(file.sha256())) {
                                throw refused(
                                        "the file "
                                                + file.name()
                                                + " of its jar has the SHA-256 "
                                                + found
                                                + ", expected "
                                                + file.sha256()
                                                + "; install the jar again");
                            }
                            return bytes;
                        });
    }

    private GanglionException refused(String why) {
        return new GanglionException(
                Kind.SETUP, "the natives of " + library + " are not whole: " + why);
    }

    /**
     * Sets a variable of this process for C; {@link System#getenv} may not see it. A library that
     * reads it while it is being loaded must be opened afterwards.
     */
    public static void setEnvironment(String name, String value) {
        CMemory nameText = CMemory.ofText(name);
        CMemory valueText = CMemory.ofText(value);
        CFunction set =
                CLibrary.standard()
                        .function(
                                "setenv",
                                CType.INT,
                                List.of(CType.POINTER, CType.POINTER, CType.INT));
        long result = set.call(nameText.address(), valueText.address(), 1);
        Reference.reachabilityFence(nameText);
        Reference.reachabilityFence(valueText);
        if (result != 0) {
            throw new IllegalArgumentException(
                    "a variable's name is text without '=', found '" + name + "'");
        }
    }
}
