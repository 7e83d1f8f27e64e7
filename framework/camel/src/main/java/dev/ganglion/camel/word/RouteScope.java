package dev.ganglion.camel.word;

import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.runtime.model.ModelHost;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the steps of one route share: its folder and its lanes through each model. */
final class RouteScope {
    private final String id;
    private final Path folder;
    private final ModelHost host;
    private final Map<String, Lanes> lanes = new ConcurrentHashMap<>();
    private volatile boolean closing;

    RouteScope(String id, Path folder, ModelHost host) {
        this.id = id;
        this.folder = folder;
        this.host = host;
    }

    String id() {
        return id;
    }

    Path folder() {
        return folder;
    }

    Lanes lanes(String model) {
        return lanes.computeIfAbsent(model, name -> new Lanes(host, name, id));
    }

    void closeSilent(long limitNanos) {
        lanes.values().forEach(each -> each.closeSilent(limitNanos));
    }

    /** Who waits for a plug-in waits no more: the route is being stopped. */
    void endWaiting() {
        closing = true;
    }

    boolean closing() {
        return closing;
    }

    void close() {
        lanes.values().forEach(Lanes::close);
    }
}
