package dev.ganglion.testkit.toy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.TokenSessionContract;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToyTokensTest extends TokenSessionContract {
    @TempDir Path folder;

    private final ToyEngine engine = new ToyEngine();

    @Override
    protected Engine engine() {
        return engine;
    }

    @Override
    protected ModelPackage model() {
        return ToyModels.tokens(folder, new ModelId("tokens", "1"), 64, 32);
    }

    @Override
    protected int[] prompt() {
        return new int[] {5, 9, 2, 40};
    }

    /**
     * Worked out by hand: the sums after the prompt are 6, 196, 6079, then 31 * 6079 + 41 = 188490,
     * which is 8364 mod 10007, 44 mod 64; with 44 and 1 added it is 31 * 8364 + 45 = 259329, 9154
     * and 2; and 31 * 9154 + 3 = 283777, 3581 and 61.
     */
    @Override
    protected int[] continuation() {
        return new int[] {44, 2, 61};
    }

    private TokenSession open(Model model) {
        return (TokenSession) model.open();
    }

    private Model load() {
        return engine.load(model(), Options.of("toy", engine.options(), Map.of(), folder));
    }

    @Test
    void aSessionTakesAsManyTokensAsItSaysAndNotOneMore() {
        try (Model model = load();
                TokenSession session = open(model)) {
            session.feed(new int[32], 0, 32);
            assertThat(session.position()).isEqualTo(32);
            assertThatThrownBy(() -> session.feed(new int[1], 0, 1))
                    .isInstanceOf(GanglionException.class)
                    .hasMessageContaining("takes 32 tokens, 32 are in and 1 more do not fit");
            session.rewind(31);
            session.feed(new int[1], 0, 1);
            assertThat(session.position()).isEqualTo(32);
        }
    }

    @Test
    void cancelReachesIntoALongFeedAndThePositionSaysHowFarItCame() {
        engine.tokenGate().hold();
        try (Model model = load();
                TokenSession session = open(model)) {
            CompletableFuture<Void> feed =
                    CompletableFuture.runAsync(() -> session.feed(new int[20], 0, 20));
            for (int token = 0; token < 7; token++) {
                engine.tokenGate().awaitWaiting(1);
                engine.tokenGate().release(1);
            }
            engine.tokenGate().awaitWaiting(1);
            session.cancel();
            assertThatThrownBy(feed::join)
                    .cause()
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            cancelled ->
                                    assertThat(cancelled.kind())
                                            .isEqualTo(GanglionException.Kind.REOPEN));
            assertThat(session.position()).isEqualTo(7);
        }
    }

    @Test
    void logitsAreRefusedBeforeAFeedAndAfterARewind() {
        try (Model model = load();
                TokenSession session = open(model)) {
            assertThatThrownBy(session::logits).isInstanceOf(IllegalStateException.class);
            session.feed(prompt(), 0, 4);
            session.rewind(2);
            assertThatThrownBy(session::logits).isInstanceOf(IllegalStateException.class);
        }
    }
}
