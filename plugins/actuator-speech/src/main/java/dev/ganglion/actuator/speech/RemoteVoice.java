package dev.ganglion.actuator.speech;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.wyoming.Address;
import dev.ganglion.wyoming.Event;
import dev.ganglion.wyoming.EventReader;
import dev.ganglion.wyoming.EventWriter;
import dev.ganglion.wyoming.Limits;
import dev.ganglion.wyoming.Wire;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A Wyoming server for speech, such as Piper: one connection for each text. */
final class RemoteVoice implements Voice {
    /** Servers tell of each voice that they could fetch. */
    private static final Limits LIMITS = new Limits(Limits.HEADER_BYTES, 1 << 22, 1 << 20);

    private static final long REACH_MILLIS = 5_000;
    private static final int LISTED_VOICES = 10;
    private static final int MAXIMUM_SECONDS = 600;

    /** What Piper's voices have, and each sound device. */
    private static final int USUAL_RATE_HZ = 22_050;

    private final Settings settings;
    private final Address server;

    private RemoteVoice(Settings settings, Address server) {
        this.settings = settings;
        this.server = server;
    }

    /** Asks the server what it has. */
    static Voice reach(Settings settings, Address server) {
        RemoteVoice voice = new RemoteVoice(settings, server);
        if (settings.folder() == null && !Loudspeaker.isThere(USUAL_RATE_HZ, 2, 1)) {
            throw settings.setup(
                    "a sound device was expected for to=device and there is none; set to=FOLDER or"
                            + " to=none",
                    null);
        }
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(REACH_MILLIS);
        try (Wire wire = Wire.unconnected()) {
            wire.connect(server, deadlineNanos);
            new EventWriter(wire, REACH_MILLIS).write("describe", Map.of());
            EventReader reader = new EventReader(wire, LIMITS, REACH_MILLIS);
            for (Event event = reader.next();
                    event != null && System.nanoTime() < deadlineNanos;
                    event = reader.next()) {
                if (event.type().equals("info")) {
                    voice.check(event.data().get("tts"));
                    return voice;
                }
            }
            throw settings.setup(
                    server + " was reached and does not say what it is; " + expected(), null);
        } catch (GanglionException e) {
            if (e.kind() != GanglionException.Kind.INPUT) {
                throw e;
            }
            throw settings.setup(
                    server + " answers something else (" + e.getMessage() + "); " + expected(), e);
        } catch (IOException e) {
            throw settings.retry(
                    server
                            + " cannot be reached ("
                            + e.getMessage()
                            + "); start it, or correct server",
                    e);
        }
    }

    private static String expected() {
        return "set server to one that turns text into speech by the Wyoming protocol";
    }

    private void check(@Nullable Object programs) {
        List<String> voices = new ArrayList<>();
        collect(programs, voices);
        String wanted = settings.voice();
        if (voices.isEmpty()) {
            throw settings.setup(server + " offers no voice; " + expected(), null);
        }
        if (wanted != null && !voices.contains(wanted)) {
            throw settings.setup(
                    server
                            + " has no voice '"
                            + wanted
                            + "'; it has "
                            + String.join(
                                    ", ", voices.subList(0, Math.min(LISTED_VOICES, voices.size())))
                            + (voices.size() > LISTED_VOICES
                                    ? " and " + (voices.size() - LISTED_VOICES) + " more"
                                    : ""),
                    null);
        }
    }

    private static void collect(@Nullable Object programs, List<String> voices) {
        if (!(programs instanceof List<?> list)) {
            return;
        }
        for (Object program : list) {
            if (program instanceof Map<?, ?> map && map.get("voices") instanceof List<?> offered) {
                for (Object voice : offered) {
                    if (voice instanceof Map<?, ?> one && one.get("name") instanceof String name) {
                        voices.add(name);
                    }
                }
            }
        }
    }

    @Override
    public Utterance prepare(String text, @Nullable Path file) {
        return new Request(text, file);
    }

    /** One text on its way to the server, and its sound on its way back. */
    private final class Request implements Utterance {
        private final String text;
        private final @Nullable Path file;
        private final Object lock = new Object();
        private @Nullable Wire wire;
        private @Nullable SoundOut out;
        private boolean cancelled;
        private int rateHz;
        private int width;
        private int channels;
        private long length;

        Request(String text, @Nullable Path file) {
            this.text = text;
            this.file = file;
        }

        @Override
        public void speak() {
            long deadlineNanos =
                    System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.timeoutMillis());
            try (Wire connection = Wire.unconnected()) {
                synchronized (lock) {
                    if (cancelled) {
                        return;
                    }
                    wire = connection;
                }
                connection.connect(server, deadlineNanos);
                ask(connection);
                EventReader reader = new EventReader(connection, LIMITS, settings.timeoutMillis());
                while (take(reader.next())) {
                    if (System.nanoTime() > deadlineNanos) {
                        throw new SocketTimeoutException("too late");
                    }
                }
                finish();
            } catch (SocketTimeoutException e) {
                throw settings.retry(
                        server
                                + " took more than "
                                + settings.timeoutMillis()
                                + " ms for one text; say less, or raise the option timeoutMillis",
                        e);
            } catch (IOException e) {
                if (!isCancelled()) {
                    throw settings.retry(
                            server + " failed to speak a text (" + e.getMessage() + "); try again",
                            e);
                }
            } catch (GanglionException refused) {
                throw settings.retry(server + ": " + refused.getMessage(), refused);
            } finally {
                synchronized (lock) {
                    if (out != null) {
                        out.close();
                    }
                }
            }
        }

        private void ask(Wire connection) throws IOException {
            Map<String, Object> data = new LinkedHashMap<>();
            data.put("text", text);
            String voice = settings.voice();
            if (voice != null) {
                data.put("voice", Map.of("name", voice));
            }
            new EventWriter(connection, settings.timeoutMillis()).write("synthesize", data);
        }

        /** {@return whether more comes} */
        private boolean take(@Nullable Event event) throws IOException {
            if (event == null) {
                throw new IOException("it hung up before audio-stop");
            }
            switch (event.type()) {
                case "audio-start" -> format(event);
                case "audio-chunk" -> {
                    format(event);
                    play(event);
                }
                case "audio-stop" -> {
                    return false;
                }
                case "error" -> throw new IOException("it says: " + event.text("text"));
                default -> {}
            }
            return true;
        }

        private void format(Event event) throws IOException {
            int rate = event.whole("rate", rateHz);
            int bytes = event.whole("width", width);
            int count = event.whole("channels", channels);
            if (out != null && (rate != rateHz || bytes != width || count != channels)) {
                throw new IOException("its sound changes its format in the middle");
            }
            if (rate < 1_000
                    || rate > 192_000
                    || bytes < 1
                    || bytes > 4
                    || count < 1
                    || count > 8) {
                throw new IOException(
                        "its sound has "
                                + rate
                                + " Hz, "
                                + bytes
                                + " bytes, "
                                + count
                                + " channels");
            }
            rateHz = rate;
            width = bytes;
            channels = count;
        }

        private void play(Event event) throws IOException {
            int frame = width * channels;
            length += event.payloadLength();
            if (event.payloadLength() % frame != 0) {
                throw new IOException("its sound is cut within a sample");
            }
            if (length > (long) MAXIMUM_SECONDS * rateHz * frame) {
                throw new IOException("its sound is longer than " + MAXIMUM_SECONDS + " s");
            }
            SoundOut into;
            synchronized (lock) {
                if (cancelled) {
                    throw new IOException("silenced");
                }
                if (out == null) {
                    out =
                            file == null
                                    ? new Loudspeaker(rateHz, width, channels)
                                    : new WavFile(file, rateHz, width, channels);
                }
                into = out;
            }
            into.write(event.payload(), event.payloadLength());
        }

        private void finish() throws IOException {
            SoundOut into = out;
            if (into == null) {
                throw new IOException("it sent no sound");
            }
            into.finish();
        }

        private boolean isCancelled() {
            synchronized (lock) {
                return cancelled;
            }
        }

        @Override
        public void cancel() {
            synchronized (lock) {
                cancelled = true;
                if (wire != null) {
                    wire.close();
                }
                if (out != null) {
                    out.close();
                }
            }
        }
    }
}
