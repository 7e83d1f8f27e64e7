package dev.ganglion.actuator.speech;

import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.GanglionException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One mouth: texts are spoken one after the other. */
final class SpeechDevice implements Actuator.Device {
    private static final Logger LOG = LoggerFactory.getLogger(SpeechDevice.class);
    private static final int WAITING_TEXTS = 4;

    /** How long the last words are let out when a route ends. */
    private static final long LAST_WORDS_MILLIS = 10_000;

    private final Settings settings;
    private final @Nullable Voice voice;
    private final @Nullable WavFolder folder;
    private final @Nullable Thread thread;
    private final Object lock = new Object();
    private final Deque<Voice.Utterance> waiting = new ArrayDeque<>();
    private Voice.@Nullable Utterance current;
    private boolean closed;

    /**
     * A device, with a thread when it has a sound device.
     *
     * @param voice null when nothing is to be spoken
     * @param folder null for the sound device
     */
    SpeechDevice(Settings settings, @Nullable Voice voice, @Nullable WavFolder folder) {
        this.settings = settings;
        this.voice = voice;
        this.folder = folder;
        if (voice != null && folder == null) {
            thread = new Thread(this::speakAll, "ganglion act:speech");
            thread.setDaemon(true);
            thread.start();
        } else {
            thread = null;
        }
    }

    @Override
    public void perform(String action, Map<String, Object> parameters) {
        if (!action.equals(SpeechActuator.SAY)) {
            throw new IllegalArgumentException(
                    "act:speech has no action '" + action + "'; it has: " + SpeechActuator.SAY);
        }
        Object given = parameters.get("text");
        String text = SpokenText.checked(settings, given == null ? "" : given);
        synchronized (lock) {
            if (closed) {
                throw new IllegalStateException("the device was closed, open it again");
            }
        }
        if (voice == null) {
            return;
        }
        if (folder == null) {
            handOver(voice.prepare(text, null));
        } else {
            write(voice, folder, text);
        }
    }

    private void handOver(Voice.Utterance utterance) {
        synchronized (lock) {
            boolean busy = current != null || !waiting.isEmpty();
            if (busy && settings.busy() == Settings.Busy.REFUSE) {
                throw settings.retry(
                        "another text is being spoken; wait for its end, or set busy to queue or"
                                + " interrupt",
                        null);
            }
            if (settings.busy() == Settings.Busy.INTERRUPT) {
                silence();
            }
            if (waiting.size() == WAITING_TEXTS) {
                throw settings.retry(
                        WAITING_TEXTS
                                + " texts wait to be spoken and one more was given; wait, or set"
                                + " busy to interrupt",
                        null);
            }
            waiting.add(utterance);
            lock.notifyAll();
        }
    }

    private void write(Voice by, WavFolder into, String text) {
        Path file = into.next();
        Voice.Utterance utterance = by.prepare(text, file);
        synchronized (lock) {
            current = utterance;
        }
        boolean kept = false;
        try {
            utterance.speak();
            synchronized (lock) {
                if (current != utterance) {
                    throw settings.retry("the text was silenced before it was spoken", null);
                }
            }
            into.keep(file);
            kept = true;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new GanglionException(
                    GanglionException.Kind.REOPEN,
                    settings.owner() + ": the thread was stopped while a text was spoken",
                    stopped);
        } finally {
            synchronized (lock) {
                current = null;
            }
            if (!kept) {
                into.discard(file);
            }
        }
    }

    private void speakAll() {
        for (Voice.Utterance next = next(); next != null; next = next()) {
            try {
                next.speak();
            } catch (GanglionException failed) {
                // Whoever gave the text has gone on.
                LOG.warn("a text was not spoken: {}", failed.getMessage());
            } catch (RuntimeException broken) {
                LOG.warn("a text was not spoken", broken);
            } catch (InterruptedException stopped) {
                return;
            }
        }
    }

    private Voice.@Nullable Utterance next() {
        synchronized (lock) {
            current = null;
            lock.notifyAll();
            while (waiting.isEmpty() && !closed) {
                try {
                    lock.wait();
                } catch (InterruptedException stopped) {
                    return null;
                }
            }
            current = waiting.poll();
            return current;
        }
    }

    /** Call with the lock held. */
    private void silence() {
        waiting.clear();
        if (current != null) {
            current.cancel();
        }
        if (thread == null) {
            // Tells the thread that waits for it that its file is not whole.
            current = null;
        }
    }

    @Override
    public void makeSafe() {
        synchronized (lock) {
            silence();
        }
    }

    /** Lets what was given be spoken to its end, but not for long. */
    @Override
    public void close() {
        Thread speaking = thread;
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        if (speaking == null) {
            makeSafe();
            return;
        }
        try {
            speaking.join(LAST_WORDS_MILLIS);
            makeSafe();
            speaking.join(TimeUnit.SECONDS.toMillis(1));
        } catch (InterruptedException hurry) {
            makeSafe();
            Thread.currentThread().interrupt();
        }
    }
}
