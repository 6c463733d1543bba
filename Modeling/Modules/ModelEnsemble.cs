using Toolkit.Autograd.Graph;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Modules;

/// <summary>
/// The mean of what several models of named inputs and outputs give for the same examples, output by output, as one model: Σ wᵢ·fᵢ(x), equal weights unless given. What holds for an
/// <see cref="Ensemble"/> holds for each output. Source: book section 7.11.
/// </summary>
public sealed class ModelEnsemble : Model
{
    private readonly Model[] members;
    private readonly double[] weights;

    /// <summary>The mean of models.</summary>
    /// <param name="members">The models, at least one, with outputs of the same names.</param>
    /// <param name="weights">The weight of each; null for equal weights.</param>
    /// <exception cref="ArgumentException">There are no members, or not as many weights as members.</exception>
    public ModelEnsemble(IReadOnlyList<Model> members, IReadOnlyList<double>? weights = null)
    {
        this.weights = Averages.Weights(members.Count, weights);
        this.members = [.. members];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Model> Children => members;

    /// <inheritdoc/>
    public override IReadOnlyList<Field>? InputFields
    {
        get => base.InputFields ?? members[0].InputFields;
        set => base.InputFields = value;
    }

    /// <inheritdoc/>
    protected internal override string Kind => "ensemble";

    /// <inheritdoc/>
    protected override Named Build(Named inputs, ForwardContext context)
    {
        Named[] outputs = [.. members.Select(member => member.Forward(inputs, context))];
        if (outputs.FirstOrDefault(own => !own.Keys.ToHashSet(StringComparer.Ordinal).SetEquals(outputs[0].Keys)) is { } other)
            throw new Autograd.Tensors.GraphException($"Expected members that all give {string.Join(", ", outputs[0].Keys)}, found one that gives {string.Join(", ", other.Keys)}.");
        string[] names = [.. outputs[0].Keys];
        IReadOnlyList<Variable> means = Averages.Of(members, [.. outputs.Select(own => (Variable[])[.. names.Select(name => own[name])])], weights, context);
        return new Named([.. names.Zip(means, (name, mean) => (name, mean))]);
    }
}
