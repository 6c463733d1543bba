using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Modeling.Initializers;

namespace Toolkit.Modeling.Modules;

/// <summary>Tells the steps of a sequence apart by a learned vector for each place: adds row t of a table to step t. Source: Gehring et al., "Convolutional sequence to sequence
/// learning", 2017; Devlin et al., "BERT", 2018.</summary>
/// <remarks>Input [batch, steps, width], result of the same shape. A sequence of more steps than the table has places is an error, at the latest when it runs.</remarks>
public sealed class PositionalEmbedding : Module
{
    private readonly RandomSource random;

    /// <summary>A table with random rows.</summary>
    /// <param name="places">The number of steps of the longest sequence.</param>
    /// <param name="width">The number of features of one step.</param>
    /// <param name="random">Gives the table a stream of its own; advanced.</param>
    public PositionalEmbedding(int places, int width, RandomSource random)
    {
        Places = Settings.AtLeastOne(places);
        Width = Settings.AtLeastOne(width);
        this.random = random.Fork();
    }

    /// <summary>The number of steps of the longest sequence.</summary>
    public int Places { get; }

    /// <summary>The number of features of one step.</summary>
    public int Width { get; }

    /// <summary>How the table begins; normal with deviation 0.1 by default.</summary>
    public Initializer TableInitializer { get; init; } = new Normal(0.1);

    /// <summary>The table, of shape [places, width].</summary>
    public Parameter Table => Own[0];

    /// <inheritdoc/>
    protected internal override string Kind => "positions";

    /// <inheritdoc/>
    protected internal override string Description => $"PositionalEmbedding {Places} × {Width}";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        if (input.Shape.Rank != 3 || input.Shape[2] != Width || (input.Shape[1].IsStatic && input.Shape[1].Size > Places))
            throw Mismatch($"[batch, steps, {Width}] with up to {Places} steps", input);
        return input + Table.Variable.Gather(Positions.Of(input.Shape[1], input));
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() =>
        [TableInitializer.Create(ParameterName("table"), ParameterRole.Weight, [Places, Width], new Fan(Places, Width), random.Fork("table"))];
}
