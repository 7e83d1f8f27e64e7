package dev.ganglion.sensor.series;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to an MQTT 5 broker that is made again when it is lost, after 1 s, then 2 s, and so
 * on up to 30 s. The client library does not do that by itself here: its own way starts threads
 * that nobody can end.
 */
final class Subscription implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Subscription.class);

    private static final long FIRST_PAUSE_MILLIS = 1_000;
    private static final long LONGEST_PAUSE_MILLIS = 30_000;
    private static final int KEEP_ALIVE_SECONDS = 30;
    private static final long STARTING_MILLIS = 1_000;
    private static final int AT_LEAST_ONCE = 1;

    /** The library keeps a task running for each of: receive, send, call back, ping, connect. */
    private static final int LIBRARY_THREADS = 8;

    private static final String THREAD = "ganglion sense:series ";

    private final BrokerSettings settings;
    private final Complaints complaints;
    private final Messages messages;
    private final Readings readings;
    private final CountDownLatch closing;
    private final ScheduledThreadPoolExecutor worker;
    private final ScheduledThreadPoolExecutor library;
    private volatile @Nullable MqttAsyncClient client;

    /** Touched by the worker only. */
    private long pauseMillis = FIRST_PAUSE_MILLIS;

    /** Touched by the worker only. */
    private @Nullable ScheduledFuture<?> nextAttempt;

    private Subscription(
            BrokerSettings settings, Messages messages, Readings readings, CountDownLatch closing) {
        this.settings = settings;
        this.complaints = new Complaints(settings);
        this.messages = messages;
        this.readings = readings;
        this.closing = closing;
        ThreadFactory daemons =
                task -> {
                    Thread thread = new Thread(task, THREAD + settings.broker());
                    thread.setDaemon(true);
                    return thread;
                };
        worker = new ScheduledThreadPoolExecutor(1, daemons);
        worker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        library = new ScheduledThreadPoolExecutor(LIBRARY_THREADS, daemons);
        library.setRemoveOnCancelPolicy(true);
    }

    /**
     * Starts to connect, and goes on trying until it is closed.
     *
     * @throws GanglionException of kind SETUP when the options are none to connect with
     */
    static Subscription open(
            Options options, Rows rows, Readings readings, CountDownLatch closing, boolean header) {
        BrokerSettings settings = BrokerSettings.of(options);
        if (header) {
            throw Layout.setup(
                    options.owner(),
                    "header=true is for files and serial ports, and a message of a broker has none;"
                            + " send JSON objects, or the columns in their order");
        }
        // Said at once, while somebody looks; later the file may change.
        settings.password();
        Subscription subscription =
                new Subscription(settings, new Messages(rows), readings, closing);
        subscription.discard(subscription.client());
        subscription.worker.execute(subscription::connect);
        return subscription;
    }

    private MqttAsyncClient client() {
        try {
            String id = settings.clientId();
            return new MqttAsyncClient(
                    settings.broker(),
                    id == null ? "ganglion-" + UUID.randomUUID() : id,
                    new MemoryPersistence(),
                    null,
                    library);
        } catch (MqttException | IllegalArgumentException e) {
            throw complaints.unusable(e);
        }
    }

    /** Runs on the worker. */
    private void connect() {
        ScheduledFuture<?> planned = nextAttempt;
        if (planned != null) {
            planned.cancel(false);
        }
        MqttAsyncClient old = client;
        if (isClosed() || (old != null && old.isConnected())) {
            return;
        }
        client = null;
        if (old != null) {
            discard(old);
        }
        String away = attempt();
        if (away == null) {
            pauseMillis = FIRST_PAUSE_MILLIS;
        } else if (!isClosed()) {
            readings.sink().away(away);
            log.debug("{}", away);
            nextAttempt = worker.schedule(this::connect, pauseMillis, TimeUnit.MILLISECONDS);
            pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
        }
    }

    /** {@return null when there is a connection, else why not, as a sentence} */
    private @Nullable String attempt() {
        MqttAsyncClient connecting = client();
        client = connecting;
        String away;
        try {
            connecting.setCallback(new Callback(connecting));
            connecting.connect(options()).waitForCompletion(connectMillis());
            IMqttToken subscribing = connecting.subscribe(settings.topic(), AT_LEAST_ONCE);
            subscribing.waitForCompletion(settings.timeoutMillis());
            complaints.checkAllowed(subscribing);
            return null;
        } catch (MqttException e) {
            away = complaints.refused(e);
        } catch (GanglionException e) {
            away = String.valueOf(e.getMessage());
        }
        client = null;
        discard(connecting);
        return away;
    }

    /**
     * Until the network is there, until the library has started its threads, and until the broker
     * has answered; a library that is stopped earlier leaves threads behind.
     */
    private long connectMillis() {
        return settings.timeoutMillis() + STARTING_MILLIS + settings.timeoutMillis();
    }

    private MqttConnectionOptions options() {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setAutomaticReconnect(false);
        options.setCleanStart(true);
        options.setKeepAliveInterval(KEEP_ALIVE_SECONDS);
        options.setConnectionTimeout((int) ((settings.timeoutMillis() + 999) / 1000));
        if (settings.broker().startsWith("tcp:")) {
            options.setSocketFactory(new SteadySockets((int) settings.timeoutMillis()));
        }
        String username = settings.username();
        if (username != null) {
            options.setUserName(username);
        }
        byte[] password = settings.password();
        if (password != null) {
            options.setPassword(password);
        }
        return options;
    }

    private boolean isClosed() {
        return closing.getCount() == 0;
    }

    private void discard(MqttAsyncClient unused) {
        try {
            unused.disconnectForcibly(0, 1, false);
        } catch (MqttException | RuntimeException notConnected) {
            log.trace("nothing to disconnect", notConnected);
        }
        try {
            unused.close();
        } catch (MqttException stillConnecting) {
            log.debug("{} is left to end by itself", unused.getClientId(), stillConnecting);
        }
    }

    /**
     * Ends the connection and every thread of it, after the message that is being handled. From
     * within the sink, the thread that called it ends when the sink returns.
     */
    @Override
    public void close() {
        synchronized (messages) {
            if (isClosed()) {
                return;
            }
            closing.countDown();
        }
        boolean within = Thread.currentThread().getName().equals(THREAD + settings.broker());
        // Not interrupted: a library that is stopped while it connects leaves threads behind.
        worker.shutdown();
        if (!within) {
            awaitEnd(worker);
        }
        MqttAsyncClient last = client;
        client = null;
        if (last != null) {
            discard(last);
        }
        library.shutdownNow();
        if (!within) {
            awaitEnd(library);
        }
    }

    private void awaitEnd(ScheduledThreadPoolExecutor threads) {
        try {
            if (!threads.awaitTermination(2 * connectMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("a thread for {} is still busy", settings.broker());
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    /** What the library calls, on its own threads. */
    private final class Callback implements MqttCallback {
        private final MqttAsyncClient of;

        Callback(MqttAsyncClient of) {
            this.of = of;
        }

        @Override
        public void disconnected(MqttDisconnectResponse why) {
            if (of != client || isClosed()) {
                return;
            }
            readings.sink().away(complaints.lost());
            try {
                worker.execute(Subscription.this::connect);
            } catch (RejectedExecutionException closed) {
                log.trace("closed meanwhile", closed);
            }
        }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            // What is retained may be of any age; who wants to act on it now cannot tell.
            if (message.isRetained()) {
                return;
            }
            synchronized (messages) {
                if (!isClosed()) {
                    messages.take(topic, message.getPayload());
                    readings.sink().caughtUp();
                }
            }
        }

        @Override
        public void mqttErrorOccurred(MqttException exception) {
            log.debug("an error at {}", settings.broker(), exception);
        }

        @Override
        public void deliveryComplete(IMqttToken token) {}

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {}

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {}
    }
}
