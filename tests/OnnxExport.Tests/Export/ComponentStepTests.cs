using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Tests.Components;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>The training step of every example of docs/components.md that is trained, with its modules, losses, penalties, constraints, optimizers and schedules, through ONNX Runtime.</summary>
public sealed class ComponentStepTests
{
    public static TheoryData<string> Names => [.. ExampleFamilies.Names.Where(name => ExampleFamilies.Of(name).Exports && TrainerOf(ExampleFamilies.Of(name)) is not null)];

    [Theory]
    [MemberData(nameof(Names))]
    public void One_step_of_ONNX_Runtime_is_one_step_of_the_engine(string name)
    {
        TwoLines example = ExampleFamilies.Of(name);
        Trainer trainer = TrainerOf(example)!;
        // In the middle of a training nothing is 0 by chance, neither biases nor moments nor counters.
        trainer.Fit(example.Data, new() { Epochs = 2, BatchSize = 24 }, TestContext.Current.CancellationToken);
        Signature step = trainer.TrainingStep;
        Batch batch = example.Data.Batches(new BatchOptions { Size = 24 }).First();
        Value[] inputs = [.. step.Inputs.Select(input => batch[input.Name!])];
        using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(step, new() { Opset = TrainingStepExporter.Opset }), TrainingSteps.Quiet);
        IReadOnlyList<Value> found = session.Run(inputs);
        Value[] outputs = Function.Compile(step).Run(inputs);
        Value[] expected = [.. outputs, .. step.Updates.Select(update => update.Parameter.Value)];
        Assert.Equal(expected.Length, found.Count);
        for (int i = 0; i < expected.Length; i++)
        {
            Parameter? parameter = i < outputs.Length ? null : step.Updates[i - outputs.Length].Parameter;
            if (parameter is not null && HasNoGradient(name, parameter.Name))
                continue;
            double tolerance = Tolerances.GetValueOrDefault(name, parameter?.Role == ParameterRole.State ? 1e-5 : 1e-6);
            double difference = TrainingSteps.Difference(expected[i], found[i]);
            Assert.True(difference <= tolerance, $"{name}, {session.Outputs[i].Name}: difference {difference:E1}");
        }
    }

    /// <summary>Where float32 leaves fewer digits: two biases, small after few steps, whose gradients are sums over all places that nearly cancel; and a division by the norm of a gradient at a point
    /// where it is nearly 0.</summary>
    private static Dictionary<string, double> Tolerances { get; } = new() { [nameof(Conv1D)] = 1e-5, [nameof(ConvTranspose3D)] = 1e-4, [nameof(VirtualAdversarial)] = 1e-4 };

    /// <summary>Whether the gradient is 0 but for rounding: a bias of keys shifts all scores of a softmax alike, and what comes behind a normalization takes a bias before it out again.</summary>
    private static bool HasNoGradient(string example, string parameter) =>
        parameter.EndsWith("key.bias", StringComparison.Ordinal) || (example == nameof(BatchNormalization) && parameter.EndsWith("dense1.bias", StringComparison.Ordinal));

    private static Trainer? TrainerOf(TwoLines example) => example.Make() switch
    {
        Trainer trainer => trainer,
        Model model => new Trainer { Model = model, Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam() },
        _ => null,
    };
}
