package dev.ganglion.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.TokenSessionContract;
import dev.ganglion.testkit.toy.ToyEngine;
import dev.ganglion.testkit.toy.ToyModels;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One that is fed with tokens. */
class TokenModelInAWorkerTest extends TokenSessionContract {
    @TempDir Path folder;

    @Override
    protected Engine engine() {
        return new IsolatedEngine(new ToyEngine());
    }

    @Override
    protected ModelPackage model() {
        return ToyModels.tokens(folder, new ModelId("tokens", "1"), 64, 32);
    }

    @Override
    protected int[] prompt() {
        return new int[] {5, 9, 2, 40};
    }

    /** As it is worked out for the toy engine itself. */
    @Override
    protected int[] continuation() {
        return new int[] {44, 2, 61};
    }

    @Test
    void logitsAreRefusedBeforeAFeedAndAfterARewindAndAReset() {
        Engine engine = engine();
        Options options = Options.of("toy", engine.options(), Map.of(), folder);
        try (Model model = engine.load(model(), options);
                TokenSession session = (TokenSession) model.open()) {
            assertThatThrownBy(session::logits).isInstanceOf(IllegalStateException.class);
            session.feed(prompt(), 0, 4);
            assertThat(session.logits().elements()).isEqualTo(64);
            session.rewind(2);
            assertThatThrownBy(session::logits).isInstanceOf(IllegalStateException.class);
            session.feed(prompt(), 0, 4);
            session.reset();
            assertThatThrownBy(session::logits).isInstanceOf(IllegalStateException.class);
        }
    }
}
