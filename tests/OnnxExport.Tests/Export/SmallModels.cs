using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Recurrent;
using Toolkit.Autograd.Tensors;

namespace Toolkit.OnnxExport.Tests.Export;

/// <summary>Small networks for the tests of export.</summary>
internal static class SmallModels
{
    /// <summary>What a recurrent operator gives without what it keeps for its gradient, which would be written as Scans; all results of others.</summary>
    public static IReadOnlyList<Variable> Standard(IReadOnlyList<Variable> results) =>
        results[0].Producer?.Operation is RecurrentOperation recurrent ? [.. results.Take(recurrent.StandardResults)] : results;

    /// <summary>A perceptron with one hidden layer: probabilities of three classes from four features.</summary>
    public static Signature Perceptron(DType type = DType.Float32)
    {
        var random = new Random(1);
        Variable x = Variable.Input("features", type, ["batch", 4]);
        Variable hidden = Ops.Tanh(Ops.MatMul(x, Weight("hidden.weight", type, random, 4, 8)) + Weight("hidden.bias", type, random, 8));
        Variable logits = Ops.MatMul(hidden, Weight("output.weight", type, random, 8, 3)) + Weight("output.bias", type, random, 3);
        return new Signature([x], [new Output("probabilities", Ops.Softmax(logits))], name: "perceptron");
    }

    /// <summary>A convolutional network for images of 8 × 8: convolution, pooling, convolution, dense layer.</summary>
    public static Signature ConvolutionalNetwork()
    {
        var random = new Random(2);
        Variable x = Variable.Input("image", DType.Float32, ["batch", 1, 8, 8]);
        Variable h = Ops.Relu(Ops.Conv(x, Weight("conv1.weight", DType.Float32, random, 4, 1, 3, 3), new() { Pads = [1, 1, 1, 1] })
            + Weight("conv1.bias", DType.Float32, random, 4, 1, 1));
        h = Ops.MaxPool(h, new() { Kernel = [2, 2] });
        h = Ops.Relu(Ops.Conv(h, Weight("conv2.weight", DType.Float32, random, 6, 4, 3, 3), new() { Pads = [1, 1, 1, 1], Strides = [2, 2] }));
        h = Ops.AveragePool(h, new() { Kernel = [2, 2] });
        Variable logits = Ops.MatMul(Ops.Flatten(h), Weight("dense.weight", DType.Float32, random, 6, 10));
        return new Signature([x], [new Output("scores", Ops.LogSoftmax(logits))], name: "digits");
    }

    /// <summary>One step of gradient descent on the squared error of a perceptron: the loss, and updates of parameters and of a step counter.</summary>
    public static Signature TrainingStep()
    {
        var random = new Random(3);
        Variable x = Variable.Input("x", DType.Float32, ["batch", 3]);
        Variable target = Variable.Input("target", DType.Float32, ["batch", 2]);
        Parameter w1 = Weight("w1", DType.Float32, random, 3, 5);
        Parameter b1 = Weight("b1", DType.Float32, random, 5);
        Parameter w2 = Weight("w2", DType.Float32, random, 5, 2);
        var step = new Parameter("step", Value.Of(0L), ParameterRole.State);
        Variable loss = Ops.Mean(Ops.Square(Ops.MatMul(Ops.Sigmoid(Ops.MatMul(x, w1) + b1), w2) - target));
        Parameter[] parameters = [w1, b1, w2];
        IReadOnlyList<Variable> gradients = Gradient.Of(loss, [.. parameters.Select(p => p.Variable)]);
        return new Signature(
            [x, target],
            [new Output("loss", loss)],
            [.. parameters.Select((p, i) => new Update(p, p.Variable - (0.5 * gradients[i]))), new Update(step, step.Variable + 1)],
            "step");
    }

    public static Value Random(Random random, DType type, params int[] sizes)
    {
        Value value = Value.Zeros(type, sizes);
        for (int i = 0; i < value.Count; i++)
        {
            double number = (random.NextDouble() * 2) - 1;
            if (type == DType.Float32)
            {
                value.Span<float>()[i] = (float)number;
            }
            else
            {
                value.Span<double>()[i] = number;
            }
        }

        return value;
    }

    private static Parameter Weight(string name, DType type, Random random, params int[] sizes) => new(name, Random(random, type, sizes));
}
