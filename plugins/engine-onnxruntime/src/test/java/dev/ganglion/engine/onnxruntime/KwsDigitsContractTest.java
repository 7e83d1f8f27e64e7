package dev.ganglion.engine.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.EngineContract;
import dev.ganglion.testkit.GoldenStep;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** A recurrent model: its state is hidden. */
class KwsDigitsContractTest extends EngineContract {
    /** The feature of silence: {@code log(1e-6) * 0.2 + 1.5}. */
    private static final float SILENCE = -1.263102f;

    /** What ONNX Runtime 1.30 gives for the class "background" in the first steps of silence. */
    private static final float[] BACKGROUND = {
        0.969763f, 0.978292f, 0.983624f, 0.983546f, 0.9828f, 0.98198f, 0.981363f
    };

    @Override
    protected Engine engine() {
        return new OnnxRuntimeEngine();
    }

    @Override
    protected ModelPackage model() {
        return Fixtures.kwsDigits();
    }

    /** The golden file gives the likeliest class only; see below. */
    @Override
    protected List<GoldenStep> golden() {
        return List.of();
    }

    /** What the Java binding of ONNX Runtime itself allocates for a run. */
    @Override
    protected long allocatedBytesPerStep() {
        return 700;
    }

    @Test
    void silenceIsRecognisedStepByStepAsTheReferenceDoes() {
        try (Model model = Fixtures.load(model());
                Session session = model.open()) {
            assertSilence(session);
            session.reset();
            assertSilence(session);
        }
    }

    private static void assertSilence(Session session) {
        for (float expected : BACKGROUND) {
            Tensor frame = session.input("frame", 1, 64);
            for (int i = 0; i < 64; i++) {
                frame.floats().put(i, SILENCE);
            }
            session.run();
            assertThat(session.output("probs").floats().get(10)).isEqualTo(expected, MARGIN);
        }
    }

    /** Steps differ by more than this, so a lost state shows. */
    private static final Offset<Float> MARGIN = Offset.offset(0.004f);
}
