using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.LinearAlgebra;

/// <summary>
/// A trained weight W that stays as it is, plus a product of two narrow matrices that is learned in its place: W + (α/r)·ΔW, where ΔW = A·B has rank r at most. A begins with small
/// random numbers, B with zeros, so at first nothing changes. Source: Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models", section 4.1.
/// </summary>
/// <remarks>A weight of more than two axes, as of a convolution, counts as a matrix of its first axis and all others.</remarks>
public sealed class LowRankAdapter
{
    /// <summary>Makes the adapter of a weight.</summary>
    /// <param name="weight">W: float32 or float64, of at least two axes.</param>
    /// <param name="rank">r: at least 1, and at most the shorter side of the matrix.</param>
    /// <param name="alpha">α: how strongly ΔW counts, beside r.</param>
    /// <param name="inputsFirst">Whether the rows of W belong to the inputs of the layer, as in x·W; otherwise its columns do, as in convolutions.</param>
    /// <param name="seed">Names the random numbers of A, uniform between ±1/√(number of inputs).</param>
    /// <exception cref="ArgumentException">The weight or the rank is not as stated.</exception>
    public LowRankAdapter(Parameter weight, int rank, double alpha, bool inputsFirst, ulong seed)
    {
        int[] sizes = weight.Shape.ToSizes();
        if (sizes.Length < 2 || weight.DType is not (DType.Float32 or DType.Float64))
            throw new ArgumentException($"Expected a weight of Float32 or Float64 with at least two axes, found {weight}.", nameof(weight));
        (int rows, int columns) = (sizes[0], Value.CountOf(sizes.AsSpan(1)));
        if (rank < 1 || rank > Math.Min(rows, columns))
            throw new ArgumentException($"Expected a rank from 1 to {Math.Min(rows, columns)} for the weight {weight}, found {rank}.", nameof(rank));
        Weight = weight.WithRole(ParameterRole.State);
        A = new Parameter($"{weight.Name}.lora_A", Uniform(weight.DType, inputsFirst ? rows : columns, seed, inputsFirst ? [rows, rank] : [rank, columns]));
        B = new Parameter($"{weight.Name}.lora_B", Value.Zeros(weight.DType, inputsFirst ? [rank, columns] : [rows, rank]));
        Variable change = inputsFirst ? Ops.MatMul(A, B) : Ops.MatMul(B, A);
        Sum = Weight.Variable + ((sizes.Length == 2 ? change : change.Reshape(weight.Shape)) * (alpha / rank));
    }

    /// <summary>W, which is not learned.</summary>
    public Parameter Weight { get; }

    /// <summary>A, of shape [inputs, r] or [r, inputs], named <c>W.lora_A</c> after the weight.</summary>
    public Parameter A { get; }

    /// <summary>B, of shape [r, outputs] or [outputs, r], named <c>W.lora_B</c> after the weight.</summary>
    public Parameter B { get; }

    /// <summary>W + (α/r)·ΔW, of the shape of W: what takes the place of W.</summary>
    public Variable Sum { get; }

    private static Value Uniform(DType type, int inputs, ulong seed, int[] sizes)
    {
        var numbers = new double[Value.CountOf(sizes)];
        using (var workers = new Workers(1))
            Philox.Uniform(seed, 0, numbers.AsSpan(), workers);
        double bound = 1 / Math.Sqrt(inputs);
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = bound * ((2 * numbers[i]) - 1);
        return type == DType.Float64 ? Value.Of(numbers, sizes) : Value.Of(Array.ConvertAll(numbers, n => (float)n), sizes);
    }
}
