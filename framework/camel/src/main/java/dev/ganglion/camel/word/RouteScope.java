package dev.ganglion.camel.word;

import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.runtime.model.ModelHost;
import dev.ganglion.runtime.wiring.RouteStep;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What the steps of one route share: its folder and its lanes through each model. */
final class RouteScope {
    private final String id;
    private final Path folder;
    private final @Nullable RouteStep segmenter;
    private final ModelHost host;
    private final Map<String, Lanes> lanes = new ConcurrentHashMap<>();
    private volatile boolean closing;

    RouteScope(String id, Path folder, @Nullable RouteStep segmenter, ModelHost host) {
        this.id = id;
        this.folder = folder;
        this.segmenter = segmenter;
        this.host = host;
    }

    String id() {
        return id;
    }

    Path folder() {
        return folder;
    }

    /** {@return the step that finds the utterances in what the sensor gives, or null} */
    @Nullable RouteStep segmenter() {
        return segmenter;
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
