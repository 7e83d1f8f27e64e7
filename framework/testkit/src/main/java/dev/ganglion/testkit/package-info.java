/**
 * Contract kits: abstract JUnit 5 tests that every plug-in of a kind has to pass. A vendor's test
 * extends one of them, gives the plug-in, and adds what is its own.
 *
 * <h2>One kit per kind</h2>
 *
 * In the order of the flow: {@link dev.ganglion.testkit.SensorContract}, {@link
 * dev.ganglion.testkit.FeatureExtractorContract}, {@link dev.ganglion.testkit.SegmenterContract},
 * {@link dev.ganglion.testkit.TokenizerContract}, {@link dev.ganglion.testkit.EngineContract} for
 * models that are stepped and {@link dev.ganglion.testkit.TokenSessionContract} for models that are
 * fed with tokens, {@link dev.ganglion.testkit.DeciderContract}, {@link
 * dev.ganglion.testkit.ActuatorContract}. {@link dev.ganglion.testkit.StageContract} is what four
 * of them have in common.
 *
 * <h2>What a kit takes for granted</h2>
 *
 * Each capability counts as supported. What a plug-in cannot do is switched off by overriding a
 * method, where the next reader sees it; the tests in question are then skipped and say why.
 *
 * <h2>Beside the kits</h2>
 *
 * {@link dev.ganglion.testkit.Tensors} makes and compares tensors, {@link
 * dev.ganglion.testkit.RecordingSink} takes what a sensor gives, {@link
 * dev.ganglion.testkit.FakeSteps} gives a decider what a model would. Small real plug-ins of each
 * kind are in {@link dev.ganglion.testkit.toy}.
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.ganglion.testkit;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
