using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Training;

/// <summary>What would go wrong without a word is said: names that are taken early, graphs that are mixed up, and classes without an output.</summary>
public sealed class SilentFailureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The native program itself is in <c>.ci/aot</c>.</summary>
    [Fact]
    public void A_native_program_of_narrow_vectors_is_noticed()
    {
        string warning = CompiledVectors.Narrow(128, 512)!;
        Assert.Contains("compiled for vectors of 128 bits and the processor has 512", warning, StringComparison.Ordinal);
        Assert.Contains("up to 4 times as long", warning, StringComparison.Ordinal);
        Assert.Contains("-p:IlcInstructionSet=native", warning, StringComparison.Ordinal);
        Assert.Null(CompiledVectors.Narrow(256, 256));
        Assert.Null(CompiledVectors.Narrow(512, 256));

        // Where .NET compiles, it takes what there is.
        Assert.Null(CompiledVectors.Warning);
        Assert.True(CompiledVectors.Compiled <= CompiledVectors.Processor || !System.Runtime.Intrinsics.X86.X86Base.IsSupported, $"{CompiledVectors.Compiled} of {CompiledVectors.Processor}");
    }

    [Fact]
    public void A_layer_that_was_read_before_it_stood_in_the_model_is_noticed()
    {
        Dense read = Layer(6, 4, 1);
        Assert.Equal("weight", read.Weight.Name);
        string warning = Assert.Single(Fit(new Sequential(read, Layer(4, 3, 2))).Warnings);
        Assert.Contains("Dense 6 → 4", warning, StringComparison.Ordinal);
        Assert.Contains("\"weight\"", warning, StringComparison.Ordinal);
        Assert.Contains("before it stood there", warning, StringComparison.Ordinal);

        Assert.Empty(Fit(new Sequential(Layer(6, 4, 1), Layer(4, 3, 2))).Warnings);
        Dense named = new(6, 4, new RandomSource(1)) { Name = "first" };
        Assert.Equal("first.weight", named.Weight.Name);
        Assert.Empty(Fit(new Sequential(named, Layer(4, 3, 2))).Warnings);
        // A model that was trained by itself is put into another on purpose.
        var encoder = new Sequential(Layer(6, 4, 1));
        Assert.Equal(["dense1.weight", "dense1.bias"], encoder.Parameters.Select(parameter => parameter.Name));
        Assert.Empty(Fit(new Sequential(encoder, new Dense(4, 3, new RandomSource(2)) { Name = "head" })).Warnings);
    }

    [Fact]
    public void Two_layers_that_were_read_before_are_refused_by_their_names()
    {
        Dense first = Layer(6, 4, 1), second = Layer(4, 3, 2);
        Assert.Equal(first.Weight.Name, second.Weight.Name);
        string message = Assert.Throws<GraphException>(() => Fit(new Sequential(first, second))).Message;
        Assert.Contains("several parameters of the same name: weight, bias", message, StringComparison.Ordinal);
        Assert.Contains("compose modules before that", message, StringComparison.Ordinal);
    }

    /// <summary>Each reading of Inference is a graph of its own: what is of two of them is refused, and says so.</summary>
    [Fact]
    public void Graphs_of_two_readings_are_not_mixed()
    {
        var model = new Dense(2, 1, new RandomSource(1)) { InputShape = [2] };
        const string Advice = "read it once and keep it";
        Assert.NotSame(model.Inference.Inputs[0], model.Inference.Inputs[0]);
        Assert.Contains(Advice, Assert.Throws<GraphException>(() => Function.Compile(model.Inference.Inputs, [model.Inference.Outputs[0].Variable])).Message, StringComparison.Ordinal);
        Assert.Contains(Advice, Assert.Throws<GradientException>(() => Gradient.Of(Ops.Sum(model.Inference.Outputs[0].Variable), model.Inference.Inputs[0])).Message, StringComparison.Ordinal);
        Signature kept = model.Inference;
        Variable gradient = Gradient.Of(Ops.Sum(kept.Outputs[0].Variable), kept.Inputs[0]);
        Assert.Equal(model.Weight.Value.ToArray<float>(), Function.Compile(kept.Inputs, [gradient]).Run(Value.Of([1f, 2], 1, 2))[0].ToArray<float>());
        // An input that the graph does not have at all has a gradient of 0.
        Variable other = Variable.Input("other", DType.Float32, ["batch", 2]);
        Assert.Equal([0f, 0], Function.Compile([.. kept.Inputs, other], [Gradient.Of(Ops.Sum(kept.Outputs[0].Variable), other)]).Run(Value.Of([1f, 2], 1, 2), Value.Of([1f, 2], 1, 2))[0].ToArray<float>());
    }

    [Fact]
    public void Classes_without_an_output_are_refused_with_both_numbers()
    {
        string message = Assert.Throws<ShapeException>(() => Fit(Layer(6, 2, 1))).Message;
        Assert.Contains("The data have 3 classes, but the model gives 2 outputs per example", message, StringComparison.Ordinal);
    }

    private static Dense Layer(int inputs, int outputs, ulong seed) => new(inputs, outputs, new RandomSource(seed));

    private static History Fit(Module model) => new Trainer
    {
        Model = model,
        Loss = new SoftmaxCrossEntropy(),
        Optimizer = new Sgd { LearningRate = 0.1 },
        Execution = new ExecutionOptions { Threads = 1 },
    }.Fit(SmallTraining.Data(), new() { Epochs = 2 }, Token);
}
