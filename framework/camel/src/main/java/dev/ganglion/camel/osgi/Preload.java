package dev.ganglion.camel.osgi;

import dev.ganglion.camel.route.RouteFolder;
import dev.ganglion.runtime.model.Lease;
import dev.ganglion.runtime.model.ModelHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the models that route files name while the other plug-ins and Camel start on another core:
 * together they are most of the time to the first action. Only a head start: what goes wrong here
 * is found again, and said, when the route is loaded.
 */
final class Preload implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Preload.class);
    private static final Pattern INFER =
            Pattern.compile(
                    "infer:(?:([A-Za-z0-9._-]+)|\\{\\{([A-Za-z0-9_.-]+)(?::([A-Za-z0-9._-]+))?}})");

    private final Supplier<String> routes;
    private final Supplier<Map<String, String>> placeholders;
    private final ModelHost host;
    private final Semaphore more = new Semaphore(0);
    private volatile boolean last;

    /**
     * Nothing is loaded yet.
     *
     * @param routes the folder of routes or the one route file, empty as long as it is not known
     */
    Preload(Supplier<String> routes, Supplier<Map<String, String>> placeholders, ModelHost host) {
        this.routes = routes;
        this.placeholders = placeholders;
        this.host = host;
    }

    /** Another plug-in is there; with {@code all}, the last one. */
    void look(boolean all) {
        last |= all;
        more.release();
    }

    @Override
    public void run() {
        Set<String> models = Set.of();
        Set<String> loaded = new HashSet<>();
        boolean all;
        do {
            more.acquireUninterruptibly();
            more.drainPermits();
            all = last;
            if (models.isEmpty() && !routes.get().isEmpty()) {
                models = models(Path.of(routes.get()));
            }
            for (String model : models) {
                if (!loaded.contains(model) && load(model)) {
                    loaded.add(model);
                }
            }
        } while (!all && (models.isEmpty() || loaded.size() < models.size()));
    }

    private boolean load(String model) {
        try (Lease lease = host.lease(model, "preload")) {
            if (!lease.source().tokenizer().isEmpty()) {
                lease.vocabulary(lease.source().tokenizer());
            }
            return true;
        } catch (RuntimeException | LinkageError e) {
            log.debug("model {} was not preloaded", model, e);
            return false;
        }
    }

    private Set<String> models(Path routes) {
        Set<String> models = new LinkedHashSet<>();
        try (Stream<Path> files = Files.walk(routes, 2)) {
            for (Path file : files.filter(RouteFolder::isRoute).sorted().toList()) {
                Matcher infer = INFER.matcher(Files.readString(file));
                while (infer.find()) {
                    String model =
                            infer.group(1) != null
                                    ? infer.group(1)
                                    : placeholders
                                            .get()
                                            .getOrDefault(infer.group(2), infer.group(3));
                    if (model != null) {
                        models.add(model);
                    }
                }
            }
        } catch (IOException | UncheckedIOException e) {
            log.debug("{} cannot be read ahead", routes, e);
        }
        return models;
    }
}
