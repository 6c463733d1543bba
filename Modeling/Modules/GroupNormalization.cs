using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Word = Toolkit.Autograd.Operations.Normalization.GroupNormalization;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// (x − μ)/√(σ² + ε)·γ + β with μ and σ² of each example over a group of channels and all places: the same in training and at inference, for any batch.
/// One group is layer normalization over channels and places, one channel a group instance normalization. Source: Wu, He, "Group normalization", 2018;
/// the idea of book section 8.7.1 without the batch.
/// </summary>
/// <remarks>Input [batch, channels, …] with known sizes, result of the same shape; γ and β are one number for each channel.</remarks>
public sealed class GroupNormalization : Module
{
    /// <summary>A normalizing layer.</summary>
    /// <param name="channels">The size of axis 1 of the input.</param>
    /// <param name="groups">The number of groups, which divides the channels.</param>
    /// <exception cref="ArgumentOutOfRangeException">The groups do not divide the channels.</exception>
    public GroupNormalization(int channels, int groups)
    {
        Channels = Settings.AtLeastOne(channels);
        Groups = Settings.AtLeastOne(groups);
        if (channels % groups != 0)
            throw new ArgumentOutOfRangeException(nameof(groups), groups, $"Expected a number of groups that divides the {channels} channels, found {groups}.");
    }

    /// <summary>The size of axis 1 of the input.</summary>
    public int Channels { get; }

    /// <summary>The number of groups.</summary>
    public int Groups { get; }

    /// <summary>ε: keeps the division harmless; 10⁻⁵ by default.</summary>
    public double Stabilizer { get; init => field = Settings.Positive(value); } = 1e-5;

    /// <summary>γ, of shape [channels].</summary>
    public Parameter Scale => Own[0];

    /// <summary>β, of shape [channels].</summary>
    public Parameter Shift => Own[1];

    /// <inheritdoc/>
    protected internal override string Kind => "groupnorm";

    /// <inheritdoc/>
    protected internal override string Description => $"GroupNormalization {Channels} / {Groups}";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        ChannelAxis.Check(this, input, Channels);
        Dim rest = input.Shape.Skip(1).Aggregate(Dim.Of(1), (product, dim) => product * dim);
        if (rest.IsStatic && rest.Size == Groups)
            throw Mismatch($"[batch, {Channels}, …] with at least two values in each of {Groups} groups (one alone would always become 0)", input);

        // The operation has an axis of places.
        Variable places = input.Shape.Rank > 2 ? input : input.Reshape([.. input.Shape, 1]);
        return new Word(Groups, Stabilizer).Apply(places, Scale, Shift).Reshape(input.Shape);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() =>
    [
        new Parameter(ParameterName("scale"), Value.Full(1.0, DType.Float32, Channels), ParameterRole.Scale),
        new Parameter(ParameterName("shift"), Value.Zeros(DType.Float32, Channels), ParameterRole.Bias),
    ];
}
