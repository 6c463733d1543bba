using System.Numerics;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Convolution;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>
/// A number for each channel that multiplies the result of a convolution or a product with constant weights, or is added to it, goes into the weights and the bias: a batch normalization of fixed
/// statistics costs nothing. Only where nothing else takes the result in between.
/// </summary>
internal sealed class FoldScales : RewritingPass
{
    public override string Name => "fold scales";

    public override bool IsOn(CompilationOptions options) => options.FoldScales;

    public override Signature Apply(Signature signature)
    {
        var uses = new Dictionary<Variable, int>(ReferenceEqualityComparer.Instance);
        IEnumerable<Variable> roots = signature.Outputs.Select(o => o.Variable).Concat(signature.Updates.Select(u => u.NewValue));
        foreach (Variable variable in signature.Nodes.SelectMany(n => n.Inputs).Concat(roots))
            uses[variable] = uses.GetValueOrDefault(variable) + 1;
        return new Transform(uses).Apply(signature);
    }

    private sealed class Transform(Dictionary<Variable, int> uses) : GraphTransform
    {
        protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs) =>
            node.Operation is Add or Sub or Mul or Div && (Folded(node, inputs, 0) ?? Folded(node, inputs, 1)) is { } folded ? [folded] : Rebuild(node, inputs);

        /// <summary>The product with the other input in it; null where that is not possible.</summary>
        private Variable? Folded(Node node, Arguments inputs, int product)
        {
            Variable result = inputs[product], other = inputs[1 - product];

            // In a body uses are not counted.
            if (uses.GetValueOrDefault(node.Inputs[product]) != 1
                || result.Producer is not { } producer
                || result.Type != node.Outputs[0].Type
                || other.Constant is not { } numbers
                || WeightsOf(producer) is not { } weights
                || Channels(numbers, result.Shape, producer.Operation is Conv ? 1 : result.Shape.Rank - 1) is not { } channels)
            {
                return null;
            }

            return (node.Operation, product) switch
            {
                (Mul, _) => Scaled(producer, weights, channels),
                (Div, 0) => Scaled(producer, weights, Array.ConvertAll(channels, number => 1 / number)),
                (Add, _) => Shifted(producer, channels),
                (Sub, 0) => Shifted(producer, Array.ConvertAll(channels, number => -number)),
                _ => null,
            };
        }

        /// <summary>The weights of a product of floating-point numbers whose weights and bias are constants; null for others.</summary>
        private static Value? WeightsOf(Node node) => node.Operation switch
        {
            Conv => node.Inputs[1].Constant,
            Gemm { Alpha: 1, Beta: 1 } => node.Inputs[1].Constant,
            MatMul when node.Inputs[1].Shape.Rank == 2 => node.Inputs[1].Constant,
            _ => null,
        } is { DType: DType.Float32 or DType.Float64 } weights && BiasOf(node) is null or { Constant: not null, Shape.Rank: 1 } ? weights : null;

        private static Variable? BiasOf(Node node) => node.Operation is MatMul ? null : node.Inputs.Optional(2);

        /// <summary>A number for each channel; null where there are others.</summary>
        private static double[]? Channels(Value numbers, Shape result, int axis)
        {
            if (!result[axis].IsStatic)
                return null;
            int count = result[axis].Size, place = numbers.Rank - (result.Rank - axis);
            bool isOne = numbers.Count == 1;
            if (!isOne && (numbers.Count != count || place < 0 || numbers.Sizes[place] != count))
                return null;
            return [.. Enumerable.Range(0, count).Select(i => numbers[isOne ? 0 : i])];
        }

        private static Variable? Shifted(Node node, double[] channels)
        {
            // The bias of such a product is an epilogue already.
            if (node.Operation is MatMul)
                return null;
            return Rebuilt(node, node.Inputs[1], Bias(BiasOf(node)?.Constant, channels, node.Inputs[1].DType, (bias, channel) => bias + channel));
        }

        private static Variable Scaled(Node node, Value weights, double[] channels)
        {
            Value scaled = weights.Clone();

            // Along which axis of the weights the channels lie.
            int axis = node.Operation is Conv or Gemm { TransposeB: true } ? 0 : 1;
            if (scaled.DType == DType.Float32)
                Scale<float>(scaled, channels, axis);
            else
                Scale<double>(scaled, channels, axis);
            Variable? bias = BiasOf(node) is { Constant: { } old } ? Bias(old, channels, weights.DType, (number, channel) => number * channel) : null;
            return Rebuilt(node, Variable.Of(scaled), bias);
        }

        private static Variable Rebuilt(Node node, Variable weights, Variable? bias) => new Node(node.Operation, new Arguments(node.Inputs[0], weights, bias)) { Origin = node.Origin }.Outputs[0];

        private static Variable Bias(Value? old, double[] channels, DType type, Func<double, double, double> with)
        {
            Value bias = Value.Zeros(type, channels.Length);
            for (int i = 0; i < channels.Length; i++)
                bias[i] = with(old is null ? 0 : old[old.Count == 1 ? 0 : i], channels[i]);
            return Variable.Of(bias);
        }

        private static void Scale<T>(Value weights, double[] channels, int axis)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            Span<T> numbers = weights.Span<T>();
            int each = axis == 0 ? numbers.Length / channels.Length : 1;
            for (int i = 0; i < numbers.Length; i++)
                numbers[i] = T.CreateChecked(double.CreateChecked(numbers[i]) * channels[i / each % channels.Length]);
        }
    }
}
