package dev.ganglion.camel.route;

import dev.ganglion.runtime.watch.FolderWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the deployed route files equal to those of a folder and of its folders: {@code
 * routes/x.camel.yaml} and {@code routes/<use-case>/route.camel.yaml}. A route is also loaded anew
 * when a YAML, JSON or XML file beside it changes, for example its actions.
 */
public final class RouteFolder implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RouteFolder.class);
    private static final int DEPTH = 2;
    private static final long INTERVAL_MILLIS = 400;

    private final Path root;
    private final RouteFiles files;
    private final FolderWatch watch;
    private Map<Path, String> known = new TreeMap<>();

    /**
     * Loads what is there and begins to watch.
     *
     * @param root a folder, or one route file
     */
    public RouteFolder(Path root, RouteFiles files) {
        this.root = root.toAbsolutePath().normalize();
        this.files = files;
        Path folder = Files.isRegularFile(this.root) ? this.root.getParent() : this.root;
        // The watch begins before the first look, so that what changes meanwhile is seen by one of
        // them.
        this.watch =
                new FolderWatch(
                        folder == null ? this.root : folder, DEPTH, INTERVAL_MILLIS, this::compare);
        compare();
    }

    private synchronized void compare() {
        Map<Path, String> found = look();
        Set<Path> gone = new HashSet<>(known.keySet());
        gone.removeAll(found.keySet());
        gone.forEach(files::remove);
        found.forEach(
                (file, stamp) -> {
                    if (!stamp.equals(known.get(file))) {
                        files.load(file);
                    }
                });
        known = found;
    }

    private Map<Path, String> look() {
        Map<Path, String> found = new TreeMap<>();
        if (isRoute(root) && Files.isRegularFile(root)) {
            found.put(root, stamp(root));
            return found;
        }
        try (Stream<Path> all = Files.walk(root, DEPTH)) {
            all.filter(file -> isRoute(file) && Files.isRegularFile(file))
                    .forEach(file -> found.put(file, stamp(file)));
        } catch (IOException | java.io.UncheckedIOException e) {
            log.warn("the folder of routes {} cannot be listed ({})", root, e.toString());
        }
        return found;
    }

    /** {@return whether the name is that of a route file} */
    public static boolean isRoute(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(".camel.yaml") || name.endsWith(".camel.xml");
    }

    /** The times and sizes of the route file and of the files beside it that routes read. */
    private static String stamp(Path route) {
        StringBuilder stamp = new StringBuilder();
        Path folder = route.getParent();
        try (Stream<Path> siblings = Files.list(folder == null ? Path.of(".") : folder)) {
            siblings.filter(
                            file ->
                                    file.equals(route)
                                            || !isRoute(file)
                                                    && file.toString()
                                                            .matches(".*\\.(yaml|yml|json|xml)"))
                    .sorted()
                    .forEach(
                            file -> {
                                try {
                                    stamp.append(file)
                                            .append(Files.getLastModifiedTime(file).toMillis())
                                            .append('/')
                                            .append(Files.size(file))
                                            .append(' ');
                                } catch (IOException gone) {
                                    log.trace("{} went while it was looked at", file, gone);
                                }
                            });
        } catch (IOException e) {
            log.debug("{} cannot be listed", folder, e);
        }
        return stamp.toString();
    }

    /** Stops watching; what runs stays. */
    @Override
    public void close() {
        watch.close();
    }
}
