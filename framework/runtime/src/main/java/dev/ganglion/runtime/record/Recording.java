package dev.ganglion.runtime.record;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A recording, read. Inputs stay in the file until they are asked for; what came of them is in
 * memory. Immutable.
 */
public final class Recording {
    /**
     * One input as the route took it up.
     *
     * @param number its number in the recording, from 1
     * @param stream who spoke; null when the route begins with a Camel component
     * @param sequence the number within the stream
     * @param capturedNanos when it was noticed, since the recording began
     * @param takenNanos when the route took it up, since the recording began
     * @param last whether an utterance ends with it
     * @param value text, a tensor, bytes, or null for an empty message
     */
    public record Input(
            long number,
            @Nullable String stream,
            long sequence,
            long capturedNanos,
            long takenNanos,
            boolean last,
            @Nullable Object value) {}

    record Heading(
            long number,
            @Nullable String stream,
            long sequence,
            long takenNanos,
            long offset,
            int length) {}

    private final Path file;
    private final RecordingHeader header;
    private final TreeMap<Long, Heading> inputs = new TreeMap<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private final Map<String, String> streams = new HashMap<>();
    private boolean ended;
    private String torn = "";

    private Recording(Path file, RecordingHeader header) {
        this.file = file;
        this.header = header;
    }

    /**
     * Reads a recording.
     *
     * @throws GanglionException of kind INPUT when it is none, of another format version, or
     *     damaged before its last line, naming file and line
     */
    public static Recording read(Path file) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            boolean whole = line(in, line);
            Recording recording =
                    new Recording(file, RecordingHeader.parse(file, whole ? parsed(line) : null));
            long offset = line.size() + 1L;
            for (int number = 2; ; number++) {
                whole = line(in, line);
                if (line.size() == 0 && !whole) {
                    break;
                }
                Map<String, Object> json = parsed(line);
                if (!whole || json == null) {
                    boolean atEnd = !whole || !line(in, new ByteArrayOutputStream());
                    if (!atEnd) {
                        throw recording.damaged(number, "it is no JSON object", null);
                    }
                    recording.torn =
                            "the last line of "
                                    + file
                                    + " (line "
                                    + number
                                    + ") is cut off, as by a power cut; everything before it is"
                                    + " used";
                    break;
                }
                recording.take(number, json, offset, line.size());
                offset += line.size() + 1L;
            }
            return recording;
        } catch (IOException e) {
            throw new GanglionException(
                    Kind.INPUT,
                    "the recording "
                            + file
                            + " cannot be read ("
                            + e
                            + "); name a file that 'ganglion record' made",
                    e);
        }
    }

    /** Reads a line; false when the file ended before the line did. */
    private static boolean line(InputStream in, ByteArrayOutputStream line) throws IOException {
        line.reset();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                return true;
            }
            line.write(next);
        }
        return false;
    }

    private static @Nullable Map<String, Object> parsed(ByteArrayOutputStream line) {
        try {
            return JSON.std.mapFrom(line.toString(StandardCharsets.UTF_8));
        } catch (IOException noJson) {
            return null;
        }
    }

    private void take(int number, Map<String, Object> json, long offset, int length) {
        try {
            if (json.containsKey("in")) {
                Heading heading =
                        new Heading(
                                Json.whole(json, "in"),
                                json.containsKey("stream") ? stream(json) : null,
                                Json.whole(json, "sequence", 0),
                                Json.whole(json, "takenNanos"),
                                offset,
                                length);
                inputs.put(heading.number(), heading);
            } else if (json.containsKey("of")) {
                outcomes.add(Outcome.parse(json));
            } else if (json.containsKey("ended")) {
                ended = true;
            } else {
                throw new IllegalArgumentException("it has none of 'in', 'of' and 'ended'");
            }
        } catch (IllegalArgumentException e) {
            throw damaged(number, String.valueOf(e.getMessage()), e);
        }
    }

    /** One object for each name: there may be a hundred thousand inputs of one stream. */
    private String stream(Map<String, Object> json) {
        String stream = Json.text(json, "stream");
        String known = streams.putIfAbsent(stream, stream);
        return known == null ? stream : known;
    }

    private GanglionException damaged(int line, String what, @Nullable Throwable cause) {
        return new GanglionException(
                Kind.INPUT,
                "the recording "
                        + file
                        + " is damaged in line "
                        + line
                        + ": "
                        + what
                        + "; record it again, or delete what follows the line before",
                cause);
    }

    /** {@return the file} */
    public Path file() {
        return file;
    }

    /** {@return of what it is} */
    public RecordingHeader header() {
        return header;
    }

    /** {@return how many inputs it holds} */
    public int size() {
        return inputs.size();
    }

    /** {@return when the last of them was taken up, since the recording began} */
    public long lastNanos() {
        return inputs.values().stream().mapToLong(Heading::takenNanos).max().orElse(0);
    }

    /** {@return what came of them, in the order in which it was written} */
    public List<Outcome> outcomes() {
        return List.copyOf(outcomes);
    }

    /** {@return a sentence when the file was cut off, else empty} */
    public String torn() {
        if (ended) {
            return "";
        }
        String rest =
                "it has no end, so what came of its last inputs may be missing; outcomes are"
                        + " compared up to input "
                        + complete();
        return torn.isEmpty() ? file + " was not ended: " + rest : torn + "; " + rest;
    }

    /**
     * {@return the last input of which all outcomes are known to be there} When the file was cut
     * off, that is the one before the last that anything came of.
     */
    public long complete() {
        if (ended) {
            return inputs.isEmpty() ? 0 : inputs.lastKey();
        }
        return outcomes.stream().mapToLong(Outcome::of).max().orElse(1) - 1;
    }

    @Nullable Heading heading(long number) {
        return inputs.get(number);
    }

    /** {@return the models that answered in another version than the header says, as a sentence} */
    public @Nullable String replaced() {
        for (Outcome outcome : outcomes) {
            int at = outcome.model().indexOf('@');
            if (at > 0) {
                RecordingHeader.UsedModel used =
                        header.models().get(outcome.model().substring(0, at));
                if (used != null && !used.version().equals(outcome.model().substring(at + 1))) {
                    return "the model was replaced while it was recorded: it began with version "
                            + used.version()
                            + ", and "
                            + outcome.model()
                            + " answered input "
                            + outcome.of();
                }
            }
        }
        return null;
    }

    /** What is done with each input. */
    @FunctionalInterface
    public interface Player {
        /** Has the input handled. */
        void play(Input input) throws InterruptedException;
    }

    /**
     * Gives the inputs one after the other, as fast as they are taken: in the order in which they
     * were recorded, except that of two streams handled at the same time that one comes first whose
     * action came first.
     *
     * @throws IOException when the file cannot be read any more
     */
    public void play(Player player) throws IOException, InterruptedException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            for (Heading heading : order()) {
                byte[] bytes = new byte[heading.length()];
                in.seek(heading.offset());
                in.readFully(bytes);
                Map<String, Object> json = JSON.std.mapFrom(bytes);
                player.play(
                        new Input(
                                heading.number(),
                                heading.stream(),
                                heading.sequence(),
                                Json.whole(json, "capturedNanos"),
                                heading.takenNanos(),
                                Boolean.TRUE.equals(json.get("last")),
                                Values.parse(json)));
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("an input of " + file + " is damaged: " + e.getMessage(), e);
        }
    }

    /** By the turns of their actions where they have some, by their numbers where not. */
    private Collection<Heading> order() {
        TreeMap<Long, Long> byTurn = new TreeMap<>();
        Map<Long, Long> turns = new HashMap<>();
        for (Outcome outcome : outcomes) {
            if (outcome.turn() > 0 && inputs.containsKey(outcome.of())) {
                turns.merge(outcome.of(), outcome.turn(), Math::min);
            }
        }
        turns.forEach((number, turn) -> byTurn.put(turn, number));
        if (List.copyOf(byTurn.values()).equals(byTurn.values().stream().sorted().toList())) {
            return inputs.values();
        }
        Map<String, Deque<Heading>> said = new HashMap<>();
        for (Heading each : inputs.values()) {
            if (each.stream() != null) {
                said.computeIfAbsent(each.stream(), any -> new ArrayDeque<>()).add(each);
            }
        }
        Map<Long, Heading> ordered = new LinkedHashMap<>();
        for (Heading each : inputs.values()) {
            if (!ordered.containsKey(each.number())) {
                Long turn = turns.get(each.number());
                while (turn != null && !byTurn.isEmpty() && byTurn.firstKey() < turn) {
                    Heading earlier = inputs.get(byTurn.pollFirstEntry().getValue());
                    if (earlier != null && !ordered.containsKey(earlier.number())) {
                        withThoseBefore(earlier, said, ordered);
                    }
                }
                ordered.put(each.number(), each);
            }
        }
        return ordered.values();
    }

    /** What the stream said before comes before it. */
    private static void withThoseBefore(
            Heading input, Map<String, Deque<Heading>> streams, Map<Long, Heading> ordered) {
        Deque<Heading> stream = input.stream() == null ? null : streams.get(input.stream());
        while (stream != null && !stream.isEmpty() && stream.getFirst().number() < input.number()) {
            Heading before = stream.removeFirst();
            ordered.putIfAbsent(before.number(), before);
        }
        ordered.putIfAbsent(input.number(), input);
    }
}
