package dev.ganglion.decider.action;

import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.DeciderContract;
import java.util.List;
import java.util.Map;

class ActionDeciderContractTest extends DeciderContract {
    @Override
    protected Decider decider() {
        return new ActionDecider();
    }

    @Override
    protected ModelPackage model() {
        return Models.saying("tokens");
    }

    @Override
    protected ModelPackage unsuitableModel() {
        return Models.saying("");
    }

    @Override
    protected List<Map<String, Tensor>> utterance() {
        return List.of();
    }

    @Override
    protected List<String> says() {
        return List.of("{\"", "intent\":\"", "light_on\"", ",\"level\"", ":4", "0}", "On it goes.");
    }

    @Override
    protected List<String> saysWrongly() {
        return List.of("{\"", "intent\":\"", "light_on\"", ",\"level\"", "]}");
    }
}
