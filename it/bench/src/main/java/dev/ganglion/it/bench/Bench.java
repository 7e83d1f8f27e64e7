package dev.ganglion.it.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where things are, as the scripts say it in system properties. */
final class Bench {
    private Bench() {}

    /** {@return the folder of the image: {@code bench.image}} */
    static Path image() {
        return folder("bench.image");
    }

    /** {@return the route whose commands are used: {@code bench.root} names the clone} */
    static Path kitchenCommands() {
        return folder("bench.root").resolve("routes").resolve("kitchen-commands");
    }

    private static Path folder(String property) {
        String folder = System.getProperty(property);
        if (folder == null) {
            throw new IllegalStateException(
                    "the system property "
                            + property
                            + " is not set; start with the scripts in it/bench");
        }
        return Path.of(folder);
    }

    static List<String> commands(Path route) throws IOException {
        return Files.readAllLines(route.resolve("commands.txt"));
    }

    /** {@return the load average over one minute, as Linux knows it} */
    static String load() throws IOException {
        Path file = Path.of("/proc/loadavg");
        return Files.isReadable(file) ? Files.readString(file).split(" ")[0] : "unknown";
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
