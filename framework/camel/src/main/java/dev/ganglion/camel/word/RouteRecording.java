package dev.ganglion.camel.word;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.runtime.record.Recorder;
import dev.ganglion.runtime.record.RecordingHeader;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The recording of one route, while there is one. Thread-safe. */
final class RouteRecording {
    private final String route;
    private final @Nullable Supplier<RecordingHeader> header;
    private volatile @Nullable Recorder recorder;
    private @Nullable TensorSpec sensed;
    private boolean begins;

    /**
     * Nothing is recorded yet.
     *
     * @param header says what route it is; null when it has no file
     */
    RouteRecording(String route, @Nullable Supplier<RecordingHeader> header) {
        this.route = route;
        this.header = header;
    }

    /**
     * The route is about to take messages up from outside: tensors or text of a sensor, or others.
     */
    synchronized void begins(@Nullable TensorSpec given) {
        begins = true;
        sensed = given;
    }

    /** {@return who records what is taken up now, or null} */
    @Nullable Recorder open() {
        Recorder current = recorder;
        return current != null && current.isOpen() ? current : null;
    }

    /** {@return the recording that is under way or was the last one, or null} */
    @Nullable Recorder last() {
        return recorder;
    }

    synchronized Recorder start(
            Path file, boolean overwrite, long limitBytes, Consumer<String> said) {
        Recorder current = open();
        if (current != null) {
            throw new GanglionException(
                    Kind.SETUP,
                    "route '"
                            + route
                            + "' is recorded already, into "
                            + current.file()
                            + "; stop that with 'ganglion record "
                            + route
                            + " --stop'");
        }
        Supplier<RecordingHeader> known = header;
        if (known == null || !begins) {
            throw new GanglionException(
                    Kind.SETUP,
                    "route '"
                            + route
                            + "' is fed by another route (direct: or seda:) or is not running;"
                            + " record the route that begins with a sensor or a Camel component");
        }
        String now = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
        Recorder opened =
                Recorder.open(file, overwrite, known.get().starting(now, sensed), limitBytes, said);
        recorder = opened;
        return opened;
    }

    /** Ends it, and waits until what came of its inputs is written. */
    void stop() {
        Recorder current = recorder;
        if (current != null) {
            current.close();
        }
    }
}
