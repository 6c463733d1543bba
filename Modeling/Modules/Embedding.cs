using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Initializers;

namespace Toolkit.Modeling.Modules;

/// <summary>A learned vector for each of a number of symbols: row x of a table. The same as a one-hot vector times the table, without the product. Source:
/// Bengio et al., "A neural probabilistic language model", 2003; book section 12.4.2.</summary>
/// <remarks>Input: ids [batch, …] of int64 or int32 from 0 to symbols − 1, as a field of such numbers gives them (<c>Column.Of("text", ids)</c> of a long[]); result
/// [batch, …, size]. Any other number, −1 too, is an error when it runs. Gradients of rows that do not occur are 0.</remarks>
public sealed class Embedding : Module
{
    private readonly RandomSource random;

    /// <summary>A table with random rows.</summary>
    /// <param name="symbols">The number of symbols.</param>
    /// <param name="size">The length of a vector.</param>
    /// <param name="random">Gives the table a stream of its own; advanced.</param>
    public Embedding(int symbols, int size, RandomSource random)
    {
        Symbols = Settings.AtLeastOne(symbols);
        Size = Settings.AtLeastOne(size);
        this.random = random.Fork();
    }

    /// <summary>The number of symbols.</summary>
    public int Symbols { get; }

    /// <summary>The length of a vector.</summary>
    public int Size { get; }

    /// <summary>How the table begins; normal with deviation 0.1 by default.</summary>
    public Initializer TableInitializer { get; init; } = new Normal(0.1);

    /// <summary>The table, of shape [symbols, size].</summary>
    public Parameter Table => Own[0];

    /// <inheritdoc/>
    protected internal override string Kind => "embedding";

    /// <inheritdoc/>
    protected internal override string Description => $"Embedding {Symbols} × {Size}";

    /// <inheritdoc/>
    protected override Variable Build(Variable input, ForwardContext context)
    {
        if (input.DType is not (DType.Int64 or DType.Int32))
        {
            throw new DTypeException(
                $"{Title} expects ids of type Int64 or Int32, found {input.Type}: give them as a field of whole numbers, such as Column.Of(\"{Input}\", ids) of a long[], or cast them.");
        }

        return new Gather(0) { FromEnd = false }.Apply(Table.Variable, input.Cast(DType.Int64));
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> CreateParameters() =>
    [
        TableInitializer.Create(ParameterName("table"), ParameterRole.Weight, [Symbols, Size], new Fan(Symbols, Size), random.Fork("table")),
    ];
}
