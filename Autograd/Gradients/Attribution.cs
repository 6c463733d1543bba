using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Gradients;

/// <summary>
/// What each number of an input contributes to a score, row by row, as one more output of a computation. It is made of derivatives, which are operations like all others, so an exported file explains while it scores, in
/// any runtime. Rows must not influence each other, as is usual at inference.
/// </summary>
/// <remarks>The score of a row is the number that an output [batch], [batch, 1] gives for it; of an output [batch, …] with several numbers the one of <see cref="Class"/>, or the greatest. Where several are the greatest, their
/// mean.</remarks>
public abstract record Attribution
{
    /// <summary>The name of the output that is added; "attribution" by default.</summary>
    public string Name { get; init; } = "attribution";

    /// <summary>The input that is explained; null for the only one of a floating-point type.</summary>
    public string? Input { get; init; }

    /// <summary>The output that is explained; null for the first.</summary>
    public string? Output { get; init; }

    /// <summary>The position among a row's outputs, flattened, of the one that is explained; null for the greatest.</summary>
    public int? Class { get; init; }

    /// <summary>The computation with the attributions as its last output, of the type and shape of the input.</summary>
    /// <param name="signature">The computation, without updates: what an application runs of a model, or of an imported file.</param>
    /// <exception cref="GraphException">The input or output is not there or not of a floating-point type with a batch axis, which is the first of both, the class is out of range, the name is taken, or there are updates.</exception>
    /// <exception cref="GradientException">A derivative on the way is not defined.</exception>
    public Signature AddTo(Signature signature)
    {
        if (signature.Updates.Count > 0)
            throw new GraphException($"Expected a computation without updates to explain, found \"{signature.Name}\", which updates \"{signature.Updates[0].Parameter.Name}\".");
        Variable[] inputs = [.. signature.Inputs.Where(input => Input is null ? input.DType.IsFloating() : input.Name == Input)];
        Output[] outputs = [.. signature.Outputs.Where(output => Output is null || output.Name == Output).Take(1)];
        if (inputs is not [{ Shape.Rank: > 0 } input] || !input.DType.IsFloating())
            throw new GraphException($"Expected one floating-point input with a batch axis{(Input is null ? string.Empty : $" named \"{Input}\"")} to explain, found {string.Join(", ", signature.Inputs)}.");
        if (outputs is not [{ Variable.Shape.Rank: > 0 } output] || !output.Variable.DType.IsFloating())
            throw new GraphException($"Expected a floating-point output with a batch axis{(Output is null ? string.Empty : $" named \"{Output}\"")} to explain, found {string.Join(", ", signature.Outputs.Select(o => $"{o.Name}:{o.Variable.Type}"))}.");
        if (!AreOfRows(output.Variable.Shape, input.Shape[0]))
            throw new GraphException($"Expected the first axis of \"{output.Name}\", and no other, to be that of the rows of \"{input.Name}\", {input.Shape[0]}, found {output.Variable.Shape}.");
        Variable share = Share(Rows(output.Variable));
        Variable Score(Variable other) => Ops.Sum(Rows(new Substitution(new Dictionary<Variable, Variable> { [input] = other }).Map(output.Variable)) * share);
        return new Signature(signature.Inputs, [.. signature.Outputs, new Output(Name, Of(Score, input))], name: signature.Name) { Metadata = signature.Metadata };
    }

    /// <summary>The attributions, of the type and shape of the input.</summary>
    /// <param name="score">The sum of the scores of all rows for another input of the same type and shape. The score that is explained stays that of <paramref name="input"/>.</param>
    /// <param name="input">The input.</param>
    protected abstract Variable Of(Func<Variable, Variable> score, Variable input);

    /// <summary>Whether the first axis may be that of the rows: by its symbol where that is known, as sizes may be equal by chance.</summary>
    private static bool AreOfRows(Shape shape, Dim rows)
    {
        bool DependsOnRows(Dim dim) => dim.Symbols.Any(rows.Symbols.Contains);
        return (shape[0] == rows || !(shape[0].IsStatic || DependsOnRows(shape[0]))) && !shape.Skip(1).Any(DependsOnRows);
    }

    /// <summary>[batch, numbers].</summary>
    private static Variable Rows(Variable output) => output.Shape.Rank == 2 ? output : output.Reshape([output.Shape[0], output.Shape.Skip(1).Aggregate(Dim.Of(1), (product, dim) => product * dim)]);

    /// <summary>How much each number of a row counts for its score.</summary>
    private Variable Share(Variable rows)
    {
        if (Class is { } chosen)
        {
            if (!rows.Shape[1].IsStatic || chosen < 0 || chosen >= rows.Shape[1].Number)
                throw new GraphException($"Expected a class from 0 to {rows.Shape[1]} − 1 to explain, found {chosen}.");
            Value one = Value.Zeros(rows.DType, rows.Shape[1].Size);
            one[chosen] = 1;
            return Variable.Of(one);
        }

        Variable greatest = Ops.Cast(Ops.Equal(rows, Ops.ReduceMax(rows, [1], keepDims: true)), rows.DType);
        return Ops.StopGradient(greatest / Ops.Sum(greatest, [1], keepDims: true));
    }
}

/// <summary>|∂score/∂x|: how much the score moves with each number. Source: Simonyan, Vedaldi, Zisserman, "Deep inside convolutional networks", 2014.</summary>
public sealed record Saliency : Attribution
{
    /// <inheritdoc/>
    protected override Variable Of(Func<Variable, Variable> score, Variable input) => Ops.Abs(Gradient.Of(score(input), input));
}

/// <summary>x · ∂score/∂x: the contribution of each number, exact where the score is linear in them. Source: Shrikumar, Greenside, Shcherbina, Kundaje, "Not just a black box", 2016.</summary>
public sealed record InputTimesGradient : Attribution
{
    /// <inheritdoc/>
    protected override Variable Of(Func<Variable, Variable> score, Variable input) => input * Gradient.Of(score(input), input);
}

/// <summary>
/// (x − b) · ∫₀¹ ∂score/∂x at b + α(x − b) dα: contributions that sum to score(x) − score(b) in each row, as far as the integral is exact. It is taken by Gauss and Legendre's rule, one gradient for each point, in a loop.
/// Source: Sundararajan, Taly, Yan, "Axiomatic attribution for deep networks", 2017.
/// </summary>
public sealed record IntegratedGradients : Attribution
{
    /// <summary>The number of points, at least 1; 32 by default. Smooth activations need fewer than those with kinks, each of which leaves an error on the way.</summary>
    public int Points { get; init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Points), value, "Expected at least 1 point."); } = 32;

    /// <summary>b: what stands for the absence of each number, the same in all places and finite in the type of the input; 0 by default.</summary>
    public double Baseline { get; init; }

    /// <inheritdoc/>
    protected override Variable Of(Func<Variable, Variable> score, Variable input)
    {
        if (!Finite.All(Variable.Scalar(Baseline, input.DType).Constant!))
            throw new GraphException(FormattableString.Invariant($"Expected a baseline that is finite in {input.DType}, found {Baseline}."));
        (double[] points, double[] weights) = GaussLegendre.Rule(Points);
        Variable way = input - Baseline;
        Variable Numbers(double[] numbers) => Ops.Cast(Variable.Of(Value.Of(numbers, numbers.Length)), input.DType);
        Variable zero = Ops.ExpandLike(Variable.Scalar(0, input.DType), input);
        Variable mean = Ops.Scan([zero], [Numbers(points), Numbers(weights)], (sum, element) =>
        {
            Variable between = Baseline + (element[0] * way);
            return ([sum[0] + (element[1] * Gradient.Of(score(between), between))], []);
        }).States[0];
        return way * mean;
    }
}
