package dev.ganglion.camel.word;

import dev.ganglion.runtime.flow.SessionSteps;
import dev.ganglion.runtime.flow.Together;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.jspecify.annotations.Nullable;

/**
 * Messages of a sensor's thread that stand at {@code infer:} until the samples that wait behind
 * them have come as far, so that the steps of several streams are made at once. One thread, which
 * must {@link #run} them before it waits for anything: they hold their lanes.
 *
 * <p>The value of a sample stays as it is until its message has ended, unless a segmenter gave it:
 * that one may reuse its memory as soon as the message stands.
 */
final class Gathering {
    /** How many times as many messages as a batch has may come by while some stand. */
    private static final int PATIENCE = 4;

    private static final ThreadLocal<@Nullable Gathering> HERE = new ThreadLocal<>();

    private final RouteScope route;
    private final Together together = new Together();
    private final List<Message> standing = new ArrayList<>();
    private @Nullable Message current;
    private int patience;
    private boolean ran;

    private Gathering(RouteScope route) {
        this.route = route;
    }

    /** One for the samples that this thread handles from now on. */
    static Gathering begin(RouteScope route) {
        Gathering gathering = new Gathering(route);
        HERE.set(gathering);
        return gathering;
    }

    /** {@return that of this thread, or null} */
    static @Nullable Gathering here() {
        return HERE.get();
    }

    /** A message under way; told by Camel when it has ended, on whichever thread. */
    private static final class Message implements AsyncCallback {
        final Exchange exchange;
        final String stream;
        final Runnable whenDone;
        private final Thread thread = Thread.currentThread();
        private volatile boolean done;

        /** Goes on with it, while it stands; null otherwise. */
        @Nullable Runnable next;

        Message(Exchange exchange, String stream, Runnable whenDone) {
            this.exchange = exchange;
            this.stream = stream;
            this.whenDone = whenDone;
        }

        @Override
        public void done(boolean doneSync) {
            done = true;
            LockSupport.unpark(thread);
        }

        /** The route may have handed it to another thread: samples are handled one by one. */
        void await() {
            boolean interrupted = false;
            while (!done) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
            if (interrupted) {
                thread.interrupt();
            }
        }
    }

    /**
     * Has a message handled, as far as {@code infer:} at least.
     *
     * @param whenDone run by this thread when the message has ended
     */
    void process(
            AsyncProcessor processor,
            Exchange exchange,
            String stream,
            Runnable whenDone,
            ExceptionHandler unexpected) {
        if (holds(stream)) {
            run();
        }
        Message message = new Message(exchange, stream, whenDone);
        current = message;
        try {
            processor.process(exchange, message);
        } catch (RuntimeException e) {
            unexpected.handleException(e);
            message.done(true);
        }
        if (message.next == null && !message.done) {
            // Another thread has it; those that stand do not wait for that one.
            current = null;
            run();
        }
        settle(message);
        if (!standing.isEmpty() && --patience <= 0) {
            run();
        }
    }

    /** Whether a message of the stream stands, with the lane that the next one needs. */
    private boolean holds(String stream) {
        int hash = stream.hashCode();
        for (int i = 0; i < standing.size(); i++) {
            String other = standing.get(i).stream;
            if (other.hashCode() == hash && other.equals(stream)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Lets a message stand.
     *
     * @param at where it stands
     * @param steps started on it
     * @param batch how many may stand
     * @param next goes on with it
     * @return false when it is to go on by itself: it is not the message that this thread handles
     *     but a copy, or came in from elsewhere, or has nothing to run
     */
    boolean add(
            WordEndpoint at, Exchange exchange, SessionSteps steps, int batch, AsyncCallback next) {
        Message message = current;
        if (message == null
                || message.exchange != exchange
                || at.route() != route
                || !together.add(steps)) {
            return false;
        }
        Flow flow = Flow.of(exchange, at);
        message.next =
                () -> {
                    flow.stood(steps.inferNanos());
                    next.done(false);
                };
        standing.add(message);
        if (standing.size() == 1) {
            patience = PATIENCE * batch;
        }
        if (standing.size() >= batch) {
            patience = 0;
        }
        return true;
    }

    /** {@return whether no message stands} */
    boolean isEmpty() {
        return standing.isEmpty();
    }

    /** {@return whether those that stood went on since this was asked last, all but the latest} */
    boolean takeRan() {
        boolean since = ran;
        ran = false;
        return since;
    }

    /** Makes the steps of those that stand, and has them go on in their order to their ends. */
    void run() {
        while (!standing.isEmpty()) {
            List<Message> going = new ArrayList<>(standing);
            standing.clear();
            ran = true;
            together.run();
            for (int i = 0; i < going.size(); i++) {
                goOn(going.get(i));
            }
        }
    }

    private void goOn(Message message) {
        Runnable next = message.next;
        message.next = null;
        current = message;
        if (next != null) {
            next.run();
        }
        settle(message);
        if (!standing.isEmpty() && patience <= 0) {
            // At another infer: of the route.
            run();
        }
    }

    /** Either it stands now, or it is over before the next one begins. */
    private void settle(Message message) {
        current = null;
        if (message.next == null) {
            message.await();
            message.whenDone.run();
        }
    }
}
