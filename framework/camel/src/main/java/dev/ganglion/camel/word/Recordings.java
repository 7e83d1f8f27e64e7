package dev.ganglion.camel.word;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.runtime.record.Recorder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which routes are recorded, and the command {@code record} about them. Thread-safe. */
public final class Recordings {
    private static final Logger log = LoggerFactory.getLogger(Recordings.class);
    private static final long MEGABYTE = 1_000_000;

    private final Words words;
    private final Map<String, RouteRecording> routes = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Path> first = new AtomicReference<>();
    private volatile long limitBytes = Recorder.LIMIT_MEGABYTES * MEGABYTE;

    Recordings(Words words) {
        this.words = words;
    }

    /** Says how large a recording may become. */
    public void limitMegabytes(long megabytes) {
        limitBytes = megabytes * MEGABYTE;
    }

    /** Records the first route that begins, from its first input on. */
    public void first(Path file) {
        first.set(file);
    }

    void add(String route, RouteRecording recording) {
        routes.put(route, recording);
    }

    void remove(String route) {
        RouteRecording recording = routes.remove(route);
        if (recording != null) {
            recording.stop();
        }
    }

    /**
     * A route is about to take messages up. What keeps it from being recorded is said, and the
     * route runs.
     *
     * @param named the file that the route itself names, or null
     */
    void begin(String route, @Nullable Path named) {
        Path file = named == null ? first.getAndSet(null) : named;
        if (file != null && words.replay() == null) {
            try {
                start(route, file, false);
            } catch (GanglionException e) {
                say(route, e.getMessage() + "; the route runs and is not recorded");
            }
        }
    }

    /**
     * Begins a recording.
     *
     * @param overwrite whether a file that is there already is replaced
     * @throws GanglionException of kind SETUP when there is no such route, it is recorded already,
     *     or the file is there already or cannot be written
     */
    public Recorder start(String route, Path file, boolean overwrite) {
        return of(route).start(file, overwrite, limitBytes, sentence -> say(route, sentence));
    }

    /** Ends a recording, if there is one, and waits until it is written. */
    public void stop(String route) {
        of(route).stop();
    }

    private RouteRecording of(String route) {
        RouteRecording recording = routes.get(route);
        if (recording == null) {
            throw new GanglionException(
                    Kind.SETUP,
                    "no route '"
                            + route
                            + "' runs; there are: "
                            + String.join(", ", new TreeSet<>(routes.keySet())));
        }
        return recording;
    }

    private void say(String route, String sentence) {
        log.warn("{}", sentence);
        words.observers()
                .forEach(
                        observer -> observer.routeChanged("route " + route, "recording", sentence));
    }

    /**
     * Answers the command: {@code route}, with {@code to} and {@code overwrite} begins a recording,
     * with {@code stop} ends it; each answer says how far it is.
     */
    public Map<String, Object> answer(Map<String, Object> request) {
        String route = String.valueOf(request.get("route"));
        try {
            Object to = request.get("to");
            if (to != null) {
                start(route, Path.of(to.toString()), Boolean.TRUE.equals(request.get("overwrite")));
            } else if (Boolean.TRUE.equals(request.get("stop"))) {
                stop(route);
            }
            Recorder recorder = of(route).last();
            if (recorder == null) {
                throw new GanglionException(
                        Kind.SETUP,
                        "route '"
                                + route
                                + "' is not recorded; begin with 'ganglion record "
                                + route
                                + " --to FILE'");
            }
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("ok", true);
            answer.put("route", route);
            answer.put("file", recorder.file().toString());
            answer.put("recording", recorder.isOpen());
            answer.put("why", recorder.why());
            answer.put("inputs", recorder.inputs());
            answer.put("bytes", recorder.bytes());
            return answer;
        } catch (GanglionException e) {
            return Map.of("ok", false, "sentence", String.valueOf(e.getMessage()));
        }
    }
}
