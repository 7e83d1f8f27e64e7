package dev.ganglion.actuator.mqtt;

import dev.ganglion.api.data.GanglionException;
import java.util.UUID;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
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
final class Broker {
    private static final Logger log = LoggerFactory.getLogger(Broker.class);

    private static final long FIRST_PAUSE_MILLIS = 1_000;
    private static final long LONGEST_PAUSE_MILLIS = 30_000;
    private static final int KEEP_ALIVE_SECONDS = 30;
    private static final long STARTING_MILLIS = 1_000;
    private static final int AT_LEAST_ONCE = 1;

    /** The library keeps a task running for each of: receive, send, call back, ping, connect. */
    private static final int LIBRARY_THREADS = 8;

    /** What goes on at the other end of a connection. */
    interface Listener {
        /**
         * The connection is there; called by the thread that made it, before anybody else uses it.
         */
        void connected();

        /** A message came; called by one thread at a time, which may publish. */
        void received(String topic, byte[] payload);
    }

    private final Settings settings;
    private final Complaints complaints;
    private final String subscription;
    private final String willTopic;
    private final byte[] will;
    private final Listener listener;
    private final ScheduledThreadPoolExecutor worker;
    private final ScheduledThreadPoolExecutor library;
    private final Semaphore delivered = new Semaphore(0);
    private volatile @Nullable MqttAsyncClient client;
    private volatile boolean closed;

    /** Touched by the worker only. */
    private long pauseMillis = FIRST_PAUSE_MILLIS;

    /** Touched by the worker only. */
    private @Nullable ScheduledFuture<?> nextAttempt;

    /**
     * @param subscription the topics whose messages the listener gets
     * @param willTopic where the broker publishes the will, retained, when the connection is lost
     */
    Broker(
            Settings settings,
            String subscription,
            String willTopic,
            byte[] will,
            Listener listener) {
        this.settings = settings;
        this.complaints = new Complaints(settings);
        this.subscription = subscription;
        this.willTopic = willTopic;
        this.will = will;
        this.listener = listener;
        ThreadFactory daemons =
                task -> {
                    Thread thread = new Thread(task, "ganglion act:mqtt " + settings.broker());
                    thread.setDaemon(true);
                    return thread;
                };
        worker = new ScheduledThreadPoolExecutor(1, daemons);
        worker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        library = new ScheduledThreadPoolExecutor(LIBRARY_THREADS, daemons);
        library.setRemoveOnCancelPolicy(true);
    }

    /**
     * Connects for the first time.
     *
     * @throws GanglionException of kind RETRY when no broker answers, SETUP when it refuses the
     *     user
     */
    void connect() {
        MqttAsyncClient connecting;
        try {
            String id = settings.clientId();
            connecting =
                    new MqttAsyncClient(
                            settings.broker(),
                            id == null ? "ganglion-" + UUID.randomUUID() : id,
                            new MemoryPersistence(),
                            null,
                            library);
        } catch (MqttException | IllegalArgumentException e) {
            throw complaints.unusable(e);
        }
        try {
            connecting.setCallback(new Callback(connecting));
            connecting.connect(options()).waitForCompletion(connectMillis());
            IMqttToken subscribing = connecting.subscribe(subscription, AT_LEAST_ONCE);
            subscribing.waitForCompletion(settings.timeoutMillis());
            complaints.checkAllowed(subscribing, "subscribe to " + subscription);
            client = connecting;
            listener.connected();
        } catch (MqttException e) {
            client = null;
            discard(connecting);
            throw complaints.refused(e);
        } catch (RuntimeException e) {
            client = null;
            discard(connecting);
            throw e;
        }
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
        MqttMessage message = new MqttMessage(will);
        message.setQos(AT_LEAST_ONCE);
        message.setRetained(true);
        options.setWill(willTopic, message);
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

    /** {@return whether messages can be published} */
    boolean isConnected() {
        MqttAsyncClient current = client;
        return current != null && current.isConnected();
    }

    /**
     * Publishes a retained message and waits until the broker has it. One thread at a time, so that
     * no more messages are under way than the broker allows.
     *
     * @throws GanglionException of kind RETRY when it does not get there
     */
    void publish(String topic, byte[] payload) {
        MqttAsyncClient current = client;
        if (current == null || !current.isConnected()) {
            throw notConnected();
        }
        try {
            delivered.drainPermits();
            IMqttToken token = current.publish(topic, payload, AT_LEAST_ONCE, true);
            token.waitForCompletion(settings.timeoutMillis());
            complaints.checkAllowed(token, "publish to " + topic);
            // A token is complete before its place among the messages under way is free again.
            delivered.tryAcquire(settings.timeoutMillis(), TimeUnit.MILLISECONDS);
        } catch (MqttException e) {
            throw complaints.lost(e, LONGEST_PAUSE_MILLIS);
        } catch (InterruptedException e) {
            // The broker has the message.
            Thread.currentThread().interrupt();
        }
    }

    /** {@return what to throw when there is no connection at present} */
    GanglionException notConnected() {
        return complaints.lost(null, LONGEST_PAUSE_MILLIS);
    }

    /** Runs on the worker. */
    private void reconnect() {
        ScheduledFuture<?> planned = nextAttempt;
        if (planned != null) {
            planned.cancel(false);
        }
        if (closed || isConnected()) {
            return;
        }
        MqttAsyncClient old = client;
        client = null;
        if (old != null) {
            discard(old);
        }
        try {
            connect();
            pauseMillis = FIRST_PAUSE_MILLIS;
            log.info("connected to {} again", settings.broker());
        } catch (RuntimeException e) {
            if (!closed) {
                log.warn("{}", e.getMessage());
                nextAttempt = worker.schedule(this::reconnect, pauseMillis, TimeUnit.MILLISECONDS);
                pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
            }
        }
    }

    private static void discard(MqttAsyncClient unused) {
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
     * Ends the connection and every thread of it.
     *
     * @param farewell published as the will would be, when there is still a connection
     */
    void close(byte[] farewell) {
        if (closed) {
            return;
        }
        closed = true;
        // Not interrupted: a library that is stopped while it connects leaves threads behind.
        worker.shutdown();
        awaitEnd(worker);
        MqttAsyncClient last = client;
        if (last != null) {
            try {
                publish(willTopic, farewell);
                last.disconnect(0).waitForCompletion(settings.timeoutMillis());
            } catch (GanglionException | MqttException e) {
                // Then the broker publishes the will.
                log.debug("{} was gone before it was left", settings.broker(), e);
            }
            client = null;
            discard(last);
        }
        library.shutdownNow();
        awaitEnd(library);
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

    /** What the library calls, on threads on which nothing may be published and waited for. */
    private final class Callback implements MqttCallback {
        private final MqttAsyncClient of;

        Callback(MqttAsyncClient of) {
            this.of = of;
        }

        private void later(Runnable task) {
            if (!closed) {
                worker.execute(task);
            }
        }

        @Override
        public void disconnected(MqttDisconnectResponse why) {
            if (of == client) {
                log.warn("the connection to {} is lost: {}", settings.broker(), why);
                later(Broker.this::reconnect);
            }
        }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            if (message.isRetained()) {
                // An old command; who sent it may not want it any more.
                log.warn("{} holds a retained command, it is ignored; clear it", topic);
                return;
            }
            byte[] payload = message.getPayload();
            later(() -> listener.received(topic, payload));
        }

        @Override
        public void mqttErrorOccurred(MqttException exception) {
            log.debug("an error at {}", settings.broker(), exception);
        }

        @Override
        public void deliveryComplete(IMqttToken token) {
            delivered.release();
        }

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {}

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {}
    }
}
