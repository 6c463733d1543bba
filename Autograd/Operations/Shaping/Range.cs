using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Shaping;

/// <summary>start, start + delta, … before limit (ONNX <c>Range</c>). Inputs: start, limit and delta, scalars of one number type. The gradient is zero.</summary>
/// <param name="Count">How many numbers that gives.</param>
public sealed record Range(Dim Count) : Operation, IHasKernel, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<Example> Examples =>
    [
        new(new Range(3), new ExampleInput([], DType.Int64, 1, 1), new ExampleInput([], DType.Int64, 7, 7), new ExampleInput([], DType.Int64, 2, 2)) { Smoothness = 0 },
    ];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new Range(CountOf(node)).ApplyAll(node.Inputs);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 3);
        foreach (TensorType input in inputs.Present)
        {
            Require.Number(this, input.DType);
            Require.SameType(this, inputs[0].DType, input.DType);
            Require.Rank(this, input, 0);
        }

        return [new TensorType(inputs[0].DType, [Count])];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Dim>? Content(Node node, int output) =>
        Count.IsStatic && Count.Size <= 64 && node.Inputs[0].Content is [var start] && node.Inputs[2].Content is [var delta]
            ? [.. Enumerable.Range(0, Count.Size).Select(i => start + (Dim.OfNumber(i) * delta))]
            : null;

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request) => Kernel.Of(Compute);

    private void Compute(KernelArguments arguments)
    {
        switch (arguments.Outputs[0].DType)
        {
            case DType.Float32: Fill<float>(arguments); break;
            case DType.Float64: Fill<double>(arguments); break;
            case DType.Int16: Fill<short>(arguments); break;
            case DType.Int32: Fill<int>(arguments); break;
            case DType.Int64: Fill<long>(arguments); break;
            case var type: throw new DTypeException($"{Name} expects Float32, Float64, Int16, Int32 or Int64, found {type}.");
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <inheritdoc/>
    public override OnnxForm ToOnnx(OnnxRequest request) => new(Name);

    private static Dim CountOf(OnnxNode node)
    {
        if (node[0].Constant is { } start && node[1].Constant is { } limit && node[2].Constant is { } delta && node[0].DType.IsFloating())
            return Dim.Of((long)Math.Max(0, Math.Ceiling((limit.Scalar() - start.Scalar()) / delta.Scalar())));
        (Dim first, Dim last, Dim step) = (node.Content(0)![0], node.Content(1)![0], node.Content(2)![0]);
        Dim length = last - first;
        if (length.IsStatic && step.IsStatic && step.Number != 0)
            return Dim.Of(Math.Max(0, (length.Number / step.Number) + (length.Number % step.Number != 0 && length.Number > 0 == step.Number > 0 ? 1 : 0)));
        return step.IsStatic && step.Number == 1
            ? length
            : throw new GraphException($"Range needs a known number of elements, found {first} to {last} in steps of {step}.");
    }

    private static void Fill<T>(KernelArguments arguments)
        where T : unmanaged, INumber<T>
    {
        (T start, T delta) = (arguments.Inputs[0].Span<T>()[0], arguments.Inputs[2].Span<T>()[0]);
        Span<T> y = arguments.Outputs[0].Span<T>();
        for (int i = 0; i < y.Length; i++)
            y[i] = start + (T.CreateTruncating(i) * delta);
    }
}
