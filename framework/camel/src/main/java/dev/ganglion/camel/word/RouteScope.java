package dev.ganglion.camel.word;

import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.runtime.model.ModelHost;
import dev.ganglion.runtime.wiring.RouteStep;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** What the steps of one route share: its folder and its lanes through each model. */
final class RouteScope {
    private final String id;
    private final Path folder;
    private final @Nullable RouteStep segmenter;
    private final ModelHost host;
    private final Map<String, Lanes> lanes = new ConcurrentHashMap<>();
    private final List<RouteStep> steps = new CopyOnWriteArrayList<>();
    private final RouteRecording recording;
    private volatile boolean closing;
    private volatile boolean replaced;

    RouteScope(
            String id,
            Path folder,
            @Nullable RouteStep segmenter,
            RouteRecording recording,
            ModelHost host) {
        this.id = id;
        this.folder = folder;
        this.segmenter = segmenter;
        this.recording = recording;
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

    /** Notes a step when its address is made: Camel does so in the order of the file. */
    void note(RouteStep step) {
        // A route without a name, written in Java, may make addresses for ever.
        if (!id.isEmpty()) {
            steps.add(step);
        }
    }

    /** {@return the steps in the order of the file} */
    List<RouteStep> steps() {
        List<RouteStep> all = new ArrayList<>(steps);
        if (segmenter != null) {
            all.add(Math.min(1, all.size()), segmenter);
        }
        return all;
    }

    RouteRecording recording() {
        return recording;
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

    /** It is stopped because another version of it, or the same once more, starts at once. */
    void replacing() {
        replaced = true;
    }

    boolean isReplaced() {
        return replaced;
    }

    void close() {
        lanes.values().forEach(Lanes::close);
    }
}
