package dev.ganglion.sensor.wyoming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.Options;
import dev.ganglion.wyoming.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A route, or the machine, that breaks in the middle. */
@Timeout(60)
class BreakingTest {
    private static final String SOUND =
            "{\"type\":\"audio-start\",\"data\":{\"rate\":16000,\"width\":2,\"channels\":1}}~";
    private static final String TEXT = "{\"type\":\"transcript\",\"data\":{\"text\":\"on\"}}~";

    private static Settings settings(int port, String kind, String maxConnections) {
        return Settings.of(
                Options.of(
                        "sense:wyoming",
                        new WyomingSensor().options(),
                        Map.of(
                                "port",
                                String.valueOf(port),
                                "kind",
                                kind,
                                "blockMillis",
                                "1",
                                "maxConnections",
                                maxConnections),
                        Path.of("")));
    }

    @Test
    void aRouteThatThrowsAgainAtTheEndLeavesNoConnectionOpen() throws Exception {
        for (Throwable broken :
                new Throwable[] {new IllegalStateException("bad day"), new LinkageError("worse")}) {
            AtomicInteger thrown = new AtomicInteger();
            Route route =
                    new Route(
                            (sample, follower) -> {
                                thrown.incrementAndGet();
                                if (broken instanceof Error error) {
                                    throw error;
                                }
                                throw (RuntimeException) broken;
                            });
            try (ServerSocketChannel door =
                    ServerSocketChannel.open()
                            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
                int port = door.socket().getLocalPort();
                Wire wire;
                try (Peer peer = new Peer(port)) {
                    wire = Wire.over(door.accept());
                    peer.send(SOUND).sendChunk(16_000, new int[20]);
                }
                Seat seat = new Seat("wyoming-1", 16, route);
                Conversation conversation =
                        new Conversation(settings(port, "audio", "1"), wire, seat, false);
                assertThatThrownBy(conversation::run).isSameAs(broken);
                assertThat(wire.isClosed()).isTrue();
                assertThat(thrown).hasValue(2);
            }
        }
    }

    @Test
    void anErrorOfTheRouteEndsThatConnectionAndItsSeatIsFree() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Route route =
                new Route(
                        (sample, follower) -> {
                            if (asked.getAndIncrement() == 0) {
                                throw new LinkageError("no engine");
                            }
                            follower.said("Done.");
                        });
        int port = Peer.freePort();
        try (AutoCloseable open = Sensors.open(route, port, "maxConnections=1")) {
            assertThat(open).isNotNull();
            try (Peer peer = new Peer(port)) {
                assertThat(peer.send(TEXT).next()).isEqualTo("end");
            }
            assertThat(served(port)).startsWith("handled");
        }
    }

    /** The seat is free again a moment after the client is gone. */
    private static String served(int port) throws IOException {
        String answer = "error";
        for (int i = 0; i < 1_000 && !answer.startsWith("handled"); i++) {
            try (Peer peer = new Peer(port)) {
                answer = peer.send(TEXT).next();
            }
        }
        return answer;
    }

    @Test
    void aThreadThatCannotBeStartedCostsNoSeatAndTheNextClientIsServed() throws Exception {
        Route route = new Route((sample, follower) -> follower.said("Done."));
        int port = Peer.freePort();
        AtomicInteger made = new AtomicInteger();
        Server server =
                new Server(
                        settings(port, "text", "1"),
                        route,
                        work -> {
                            if (made.incrementAndGet() > 2) {
                                return new Thread(work);
                            }
                            return new Thread(work) {
                                @Override
                                public void start() {
                                    throw new OutOfMemoryError("unable to create native thread");
                                }
                            };
                        });
        try (server) {
            server.start();
            for (int i = 0; i < 2; i++) {
                try (Peer peer = new Peer(port)) {
                    assertThat(peer.next()).isEqualTo("end");
                }
            }
            try (Peer peer = new Peer(port)) {
                assertThat(peer.send(TEXT).next()).startsWith("handled");
            }
        }
        assertThat(made).hasValue(3);
    }

    @Test
    void aSatelliteIsGoneToAgainAfterAnErrorOfTheRoute() throws Exception {
        Route route =
                new Route(
                        (sample, follower) -> {
                            throw new LinkageError("no engine");
                        });
        try (ServerSocketChannel door =
                ServerSocketChannel.open()
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            String there = "connect=tcp://127.0.0.1:" + door.socket().getLocalPort();
            try (AutoCloseable open =
                    Sensors.open(route, 1, "kind=audio", "blockMillis=1", there)) {
                assertThat(open).isNotNull();
                for (int i = 0; i < 2; i++) {
                    Socket socket = door.accept().socket();
                    try (Peer satellite = new Peer(socket)) {
                        assertThat(satellite.next()).isEqualTo("run-satellite");
                        satellite.send(SOUND).sendChunk(16_000, new int[20]);
                        assertThat(route.away.take()).contains("broke off", "no engine");
                    }
                }
            }
        }
    }
}
