package dev.ganglion.sensor.wyoming;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.wyoming.Event;
import dev.ganglion.wyoming.EventReader;
import dev.ganglion.wyoming.EventWriter;
import dev.ganglion.wyoming.Wire;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What is said on one connection, from its first event to its end, on one thread. */
final class Conversation {
    static final long WRITE_TIMEOUT_MILLIS = 5_000;
    private static final long FINISH_MILLIS = 1_000;
    private static final int FINISH_BYTES = 1 << 22;

    /** Stages of a pipeline that come after the text is known. */
    private static final List<String> STAGES_AFTER_TEXT = List.of("intent", "handle", "tts");

    private static final String STOP_STREAMING = "handled-stop";

    private final Settings settings;
    private final Wire wire;
    private final Seat seat;
    private final EventReader reader;
    private final EventWriter writer;

    /** Whether this end went to the other one: then errors do not end the connection. */
    private final boolean caller;

    private @Nullable Pcm pcm;
    private @Nullable Answer utterance;
    private boolean streamed;

    /** When a client had something to do at last. */
    private long workedNanos = System.nanoTime();

    /** Whether the other end runs pipelines, each with one utterance. */
    private boolean pipelines;

    /** Whether sound is passed over until the next pipeline begins. */
    private boolean deaf;

    private String endStage = "asr";

    Conversation(Settings settings, Wire wire, Seat seat, boolean caller) {
        this.settings = settings;
        this.wire = wire;
        this.seat = seat;
        this.caller = caller;
        this.reader = new EventReader(wire, settings.limits(), settings.idleMillis());
        this.writer = new EventWriter(wire, WRITE_TIMEOUT_MILLIS);
    }

    /** Goes on until the other end leaves, says something that is no event, or this end closes. */
    void run() {
        try {
            if (caller) {
                writer.write("run-satellite", Map.of());
            }
            for (Event event = next(); event != null; event = next()) {
                if (handle(event)) {
                    workedNanos = System.nanoTime();
                }
            }
        } catch (GanglionException refused) {
            if (!wire.isClosed()) {
                seat.failed(refused);
                end("refused", String.valueOf(refused.getMessage()));
            }
        } catch (Failed failed) {
            end(failed.code, String.valueOf(failed.getMessage()));
        } catch (SocketTimeoutException idle) {
            end(
                    "timeout",
                    "nothing to do came for " + settings.idleMillis() + " ms; connect again");
        } catch (IOException gone) {
            // Nobody is there to be told.
        } catch (RuntimeException broken) {
            end("intent-failed", "the route broke off (" + broken + "); see its log");
        } finally {
            // The route may throw again; a connection that stays open would be nobody's.
            try {
                abandon();
            } finally {
                wire.close();
            }
        }
    }

    /** The route could not make anything of an utterance; the connection ends with a sentence. */
    private static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;

        final String code;

        Failed(String code, String sentence) {
            super(sentence);
            this.code = code;
        }
    }

    private @Nullable Event next() throws IOException {
        if (!caller) {
            long deadlineNanos = workedNanos + TimeUnit.MILLISECONDS.toNanos(settings.idleMillis());
            // Who sends one ping after the other always has one that needs no waiting for.
            if (System.nanoTime() - deadlineNanos >= 0) {
                throw new SocketTimeoutException("idle");
            }
            return reader.next(deadlineNanos);
        }
        try {
            return reader.next();
        } catch (SocketTimeoutException idle) {
            if (wire.isClosed()) {
                throw idle;
            }
        }
        // A satellite may be silent for hours; one that is gone does not answer.
        writer.write("ping", Map.of("text", "still there?"));
        return reader.next();
    }

    /**
     * {@return whether it was about an utterance, and no more than a question or a sign of life}
     */
    private boolean handle(Event event) throws IOException, Failed {
        switch (event.type()) {
            case "describe" -> {
                writer.write("info", Service.info(settings));
                return false;
            }
            case "ping" -> {
                String text = event.text("text");
                writer.write("pong", text == null ? Map.of() : Map.of("text", text));
                return false;
            }
            case "run-pipeline" -> startPipeline(event);
            case "transcribe" -> expect(event, settings.sound());
            case "audio-start" -> startSound(event);
            case "audio-chunk" -> takeSound(event);
            case "audio-stop" -> stopSound(event);
            case "transcript" -> {
                if (expect(event, !settings.sound())) {
                    understand(event, settings.intent());
                }
            }
            case "recognize" -> {
                if (expect(event, !settings.sound() && settings.intent())) {
                    understand(event, true);
                }
            }
            case "synthesize", "synthesize-start", "detect", "intent" -> expect(event, false);
            // The protocol grows; what asks for no answer is passed over, as everybody does.
            default -> {
                return false;
            }
        }
        return true;
    }

    /** {@return whether it is offered; what another end says by itself is no request} */
    private boolean expect(Event event, boolean offered) {
        if (!offered && !caller) {
            throw refused(
                    "the event '"
                            + event.type()
                            + "' is not for this service, which takes "
                            + Service.offer(settings)
                            + "; set kind or answer of "
                            + settings.owner()
                            + ", or ask another service");
        }
        return offered;
    }

    private void startPipeline(Event event) throws IOException, Failed {
        String stage = event.text("end_stage");
        endStage = stage == null ? "asr" : stage;
        if (caller) {
            finishUtterance();
            pipelines = true;
            deaf = false;
            writer.write("transcribe", Map.of("language", settings.languages().get(0)));
        }
    }

    private void startSound(Event event) throws IOException, Failed {
        expect(event, settings.sound());
        if (utterance != null) {
            if (!caller) {
                throw refused("an audio-stop was expected before the next audio-start, found none");
            }
            finishUtterance();
        }
        if (!deaf) {
            begin(event, null);
        }
    }

    private void begin(Event event, Pcm.@Nullable Format before) {
        Pcm.Format format = Pcm.Format.of(event, before);
        Pcm known = pcm;
        if (known == null || !known.format().equals(format)) {
            pcm = new Pcm(format, seat.blocks());
        }
        utterance = new Answer(piece -> {});
    }

    private void takeSound(Event event) throws IOException, Failed {
        expect(event, settings.sound());
        if (deaf) {
            return;
        }
        if (utterance == null) {
            begin(event, null);
        }
        Pcm into = pcm;
        Answer answer = utterance;
        if (into == null || answer == null) {
            return;
        }
        Pcm.Format format = Pcm.Format.of(event, into.format());
        if (!format.equals(into.format())) {
            throw refused(
                    "an audio-chunk is like the audio-start before it ("
                            + into.format()
                            + "), found "
                            + format);
        }
        boolean endless = caller && !pipelines;
        if (!endless
                && seat.blocks().total() + into.samples(event.payloadLength())
                        > settings.maximumUtteranceSamples()) {
            throw refused(
                    "an utterance is at most "
                            + settings.maximumUtteranceSamples() * 1_000 / Pcm.RATE_HZ
                            + " ms long, found more; send audio-stop, or raise the option"
                            + " maxUtteranceMillis");
        }
        into.add(event.payload(), event.payloadLength(), answer);
        // A satellite sends on until it is told what was heard.
        if (caller && (answer.hasHeard() || !answer.failure().isEmpty())) {
            deaf = pipelines;
            finishUtterance();
        }
    }

    private void stopSound(Event event) throws IOException, Failed {
        expect(event, settings.sound());
        if (utterance != null) {
            finishUtterance();
        } else if (!caller) {
            throw refused("an audio-start or audio-chunk was expected before audio-stop");
        }
    }

    private void finishUtterance() throws IOException, Failed {
        Answer answer = utterance;
        Pcm into = pcm;
        if (answer == null || into == null) {
            return;
        }
        utterance = null;
        into.end(answer);
        String code = answer.hasHeard() ? "intent-failed" : "stt-stream-failed";
        if (!caller) {
            checkFailure(answer, code);
            write(answer.transcript());
            if (STAGES_AFTER_TEXT.contains(endStage)) {
                write(answer.handled());
            }
        } else if (!answer.failure().isEmpty()) {
            writer.write("error", Map.of("text", answer.failure(), "code", code));
        } else {
            write(answer.transcript());
            if (!answer.spoken().isEmpty()) {
                writer.write("synthesize", Map.of("text", answer.spoken()));
            }
        }
    }

    private void understand(Event event, boolean intent) throws IOException, Failed {
        String text = event.text("text");
        if (text == null) {
            throw refused(
                    "the event '" + event.type() + "' has what was said as 'text', found none");
        }
        streamed = false;
        Answer answer = new Answer(settings.streaming() ? this::stream : piece -> {});
        if (!text.isBlank()) {
            seat.ask(text, true, answer);
        }
        checkFailure(answer, "intent-failed");
        write(intent ? answer.intent() : answer.handled());
        if (streamed) {
            writer.write(STOP_STREAMING, Map.of());
        }
    }

    /** Called on the thread that handles the message, while this one waits for it. */
    private void stream(String piece) {
        try {
            if (!streamed) {
                streamed = true;
                writer.write("handled-start", Map.of());
            }
            writer.write("handled-chunk", Map.of("text", piece));
        } catch (IOException gone) {
            wire.close();
        }
    }

    private static void checkFailure(Answer answer, String code) throws Failed {
        if (!answer.failure().isEmpty()) {
            throw new Failed(code, answer.failure());
        }
    }

    private void write(Answer.Reply reply) throws IOException {
        writer.write(reply.type(), reply.data());
    }

    private void end(String code, String sentence) {
        try {
            writer.write("error", Map.of("text", sentence, "code", code));
            wire.finish(
                    FINISH_BYTES, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FINISH_MILLIS));
        } catch (IOException gone) {
            // Nobody is there to be told.
        }
    }

    /** What was begun is to end, or the stream would begin its next utterance in the middle. */
    private void abandon() {
        Answer answer = utterance;
        Pcm into = pcm;
        utterance = null;
        if (answer != null && into != null && !wire.isClosed()) {
            into.end(answer);
        }
    }

    private static GanglionException refused(String what) {
        return new GanglionException(GanglionException.Kind.INPUT, what);
    }
}
