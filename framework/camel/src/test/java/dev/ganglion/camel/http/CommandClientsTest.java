package dev.ganglion.camel.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.sense.Sensor;
import dev.ganglion.camel.http.TestServer.Raw;
import dev.ganglion.camel.route.RouteContext;
import dev.ganglion.camel.word.Followers;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Component;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.DefaultExchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that leave or do not read, and bundles that come. */
@Timeout(120)
class CommandClientsTest {
    private static final Decision ON = new Decision("HassTurnOn", Map.of(), 0.9, true);
    private static final int PIECES = 1_000_000;

    /** Says more than anybody wants to hear. */
    private static Throwable saying(Sensor.Follower follower, String piece) {
        try {
            for (int i = 0; i < PIECES; i++) {
                follower.said(piece);
                Thread.onSpinWait();
            }
        } catch (GanglionException e) {
            return e;
        }
        return new AssertionError("all was said");
    }

    @Test
    void whatIsSaidToAClientThatWentAwayIsStoppedAndItsPlaceIsFree() throws Exception {
        for (String accept : new String[] {"text/event-stream", "application/json"}) {
            CompletableFuture<Throwable> stopped = new CompletableFuture<>();
            CountDownLatch left = new CountDownLatch(1);
            CountDownLatch begun = new CountDownLatch(1);
            try (TestServer server =
                    new TestServer(
                            "&atOnce=1",
                            (text, follower, exchange) -> {
                                if (text.equals("again")) {
                                    return;
                                }
                                follower.heard(text);
                                begun.countDown();
                                assertThat(left.await(30, TimeUnit.SECONDS)).isTrue();
                                follower.decided(ON, "");
                                Throwable thrown = saying(follower, "");
                                stopped.complete(thrown);
                                throw (GanglionException) thrown;
                            })) {
                Raw raw = server.raw();
                raw.command("x", "Accept: " + accept);
                assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
                raw.close();
                left.countDown();
                assertThat(stopped.get(60, TimeUnit.SECONDS))
                        .isInstanceOf(GanglionException.class)
                        .hasMessageContaining("went away before its command was answered");
                Awaitility.await()
                        .atMost(30, TimeUnit.SECONDS)
                        .until(() -> server.post("again").statusCode() == 200);
            }
        }
    }

    @Test
    void whoDoesNotReadIsCutOffInsteadOfKeptInMemory() throws Exception {
        CompletableFuture<Throwable> stopped = new CompletableFuture<>();
        try (TestServer server =
                        new TestServer(
                                "&sendBufferSize=8192",
                                (text, follower, exchange) -> {
                                    follower.heard(text);
                                    stopped.complete(saying(follower, "x".repeat(1000)));
                                });
                Raw raw = server.raw()) {
            raw.command("x", "Accept: text/event-stream");
            assertThat(stopped.get(60, TimeUnit.SECONDS)).isInstanceOf(GanglionException.class);
        }
    }

    @Test
    void aCommandWhoseClientLeftBeforeItsTurnIsNotBegun() throws Exception {
        Admission admission =
                new Admission(new CommandOptions(100, 100, 100, 1, Set.of()), System::nanoTime);
        List<Command> commands = new ArrayList<>();
        EmbeddedChannel channel =
                new EmbeddedChannel(
                        new CommandGate(
                                admission,
                                new CommandOptions(100, 100, 100, 1, Set.of()),
                                "/command"),
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext context, Object read) {
                                commands.add((Command) read);
                            }
                        });
        channel.writeInbound(request("on"));
        assertThat(commands).hasSize(1);
        assertThat(admission.enter()).as("while it waits").isNotNull();
        channel.close();
        assertThat(admission.enter()).as("when it is gone").isNull();
        assertThat(commands.get(0).reply.begin(new DefaultExchange(RouteContext.bare()))).isFalse();
        assertThat(admission.enter()).as("the place was left once").isNotNull();
    }

    private static FullHttpRequest request(String text) {
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.POST,
                "/command",
                Unpooled.copiedBuffer(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static EmbeddedChannel connection(int perMinute) {
        CommandOptions options = new CommandOptions(100, perMinute, 1000, 1, Set.of());
        // No time passes but what a test lets pass.
        Admission admission = new Admission(options, () -> 0);
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.freezeTime();
        channel.pipeline()
                .addLast(
                        new CommandGate(admission, options, "/command"),
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext context, Object read) {
                                Reply reply = ((Command) read).reply;
                                reply.begin(new DefaultExchange(RouteContext.bare()));
                                context.writeAndFlush(reply.end(null));
                            }
                        });
        channel.pipeline().fireChannelActive();
        return channel;
    }

    private static void pass(EmbeddedChannel channel, long seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void whoIsRefusedAgainAndAgainKeepsNoConnection() {
        for (String body : new String[] {"", "on"}) {
            EmbeddedChannel channel = connection(1);
            channel.writeInbound(request("on"));
            pass(channel, 29);
            channel.writeInbound(request(body));
            assertThat(channel.isOpen()).isTrue();
            pass(channel, 1);
            assertThat(channel.isOpen()).as("30 s after the only answer").isFalse();
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void whoSendsCommandsKeepsItsConnection() {
        EmbeddedChannel channel = connection(1000);
        for (int i = 0; i < 5; i++) {
            channel.writeInbound(request("on"));
            pass(channel, 29);
            assertThat(channel.isOpen()).isTrue();
        }
        pass(channel, 1);
        assertThat(channel.isOpen()).isFalse();
        channel.finishAndReleaseAll();
    }

    @Test
    void tooManyConnectionsOfOneClientAreSentAway() throws Exception {
        try (TestServer server = new TestServer("", (text, follower, exchange) -> {})) {
            List<Raw> open = new ArrayList<>();
            for (int i = 0; i < Admission.CLIENT_CONNECTIONS; i++) {
                Raw raw = server.raw();
                open.add(raw);
                raw.command("x");
                raw.until("HTTP/1.1 200");
            }
            try (Raw more = server.raw()) {
                assertThat(more.rest())
                        .startsWith("HTTP/1.1 503")
                        .contains("too many connections", "at most 8 from one client");
            }
            for (Raw raw : open) {
                raw.close();
            }
            Awaitility.await()
                    .atMost(30, TimeUnit.SECONDS)
                    .until(
                            () -> {
                                try (Raw raw = server.raw()) {
                                    raw.send("GET / HTTP/1.0", "");
                                    return !raw.rest().startsWith("HTTP/1.1 503");
                                }
                            });
        }
    }

    /** As in a container: classes of Netty that nobody sees but the component's bundle. */
    @Test
    void theComponentMayComeOfABundleOfItsOwn() throws Exception {
        List<URL> jars = new ArrayList<>();
        for (String jar : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (jar.contains("netty") || jar.contains("camel-http-base")) {
                jars.add(new File(jar).toURI().toURL());
            }
        }
        // Left open: threads of Netty end after the context did.
        URLClassLoader bundle =
                new URLClassLoader(jars.toArray(URL[]::new), getClass().getClassLoader()) {
                    @Override
                    protected Class<?> loadClass(String name, boolean resolve)
                            throws ClassNotFoundException {
                        boolean own =
                                name.startsWith("io.netty.")
                                        || name.startsWith("org.apache.camel.component.netty.");
                        synchronized (getClassLoadingLock(name)) {
                            Class<?> known = findLoadedClass(name);
                            return known != null
                                    ? known
                                    : own ? findClass(name) : super.loadClass(name, resolve);
                        }
                    }
                };
        try (TestServer server = new TestServer(bundle)) {
            Thread.currentThread().setContextClassLoader(bundle); // as the container's threads
            server.camel.addComponent(
                    "netty-http",
                    (Component)
                            bundle.loadClass(
                                            "org.apache.camel.component.netty.http.NettyHttpComponent")
                                    .getDeclaredConstructor()
                                    .newInstance());
            List<Object> followers = new ArrayList<>();
            server.route(
                    "commands",
                    "",
                    (text, follower, exchange) -> {
                        followers.add(exchange.getProperty(Followers.PROPERTY));
                        follower.heard(text);
                    });
            assertThat(server.post("on").body()).isEqualTo("{\"text\":\"on\"}\n");
            assertThat(followers.get(0)).isInstanceOf(Sensor.Follower.class);
            assertThat(followers.get(0).getClass().getName()).isEqualTo(Reply.class.getName());
            assertThat(followers.get(0)).isNotInstanceOf(Reply.class);
        } finally {
            Thread.currentThread().setContextClassLoader(getClass().getClassLoader());
        }
    }

    @Test
    void anAddressWithoutCommandsIsLeftAsItIs() throws Exception {
        try (TestServer server = new TestServer()) {
            server.camel.addRoutes(
                    new RouteBuilder() {
                        @Override
                        public void configure() {
                            from(server.uri("").replace("?commands=true", ""))
                                    .setBody(constant("as ever"));
                        }
                    });
            assertThat(server.send(server.request().GET()).body()).isEqualTo("as ever");
        }
    }
}
