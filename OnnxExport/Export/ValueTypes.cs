using System.Globalization;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Export;

/// <summary>Writes the types of the values of one file. Symbols keep their names; those for sizes that depend on data get names of their own.</summary>
internal sealed class ValueTypes
{
    private readonly NameTable names = new();
    private readonly Dictionary<Symbol, string> symbols = [];

    /// <summary>Takes the names that users gave.</summary>
    /// <param name="inputs">The inputs of the file.</param>
    public ValueTypes(IEnumerable<Variable> inputs)
    {
        foreach (Symbol symbol in inputs.SelectMany(input => input.Shape).SelectMany(dim => dim.Symbols))
        {
            NameOf(symbol);
        }
    }

    public ValueInfoProto ToProto(string name, TensorType type, string description = "")
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(type.Shape.Select(Dimension));
        var value = new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type.DType.ToDataType(), Shape = shape } },
        };
        if (description.Length > 0)
        {
            value.DocString = description;
        }

        return value;
    }

    private TensorShapeProto.Types.Dimension Dimension(Dim dim) => dim.IsStatic ? new() { DimValue = dim.Size } : new() { DimParam = Expression(dim) };

    /// <summary>A polynomial in the notation that other tools use: <c>2*batch*time + 1</c>, <c>floor(batch/4)</c>.</summary>
    private string Expression(Dim dim) => dim.IsStatic ? $"{dim}" : string.Join(" + ", dim.Terms.Select(term =>
    {
        IEnumerable<string> factors = term.Factors.Select(Factor);
        return string.Join('*', term.Coefficient == 1 && term.Factors.Count > 0
            ? factors
            : factors.Prepend(term.Coefficient.ToString(CultureInfo.InvariantCulture)));
    })).Replace("+ -", "- ", StringComparison.Ordinal);

    private string Factor(DimFactor factor) => factor switch
    {
        SymbolFactor { Symbol: var symbol } => NameOf(symbol),
        QuotientFactor { Divisor.IsStatic: true } quotient => $"floor(({Expression(quotient.Dividend)})/{quotient.Divisor})",
        QuotientFactor quotient => $"floor(({Expression(quotient.Dividend)})/({Expression(quotient.Divisor)}))",
        ChoiceFactor choice => $"{Word(choice.Choice)}({Expression(choice.First)}, {Expression(choice.Second)})",
        _ => throw new ExportException($"Expected a part of a size of a known kind, found {factor}."),
    };

    private static string Word(DimChoice choice) => choice switch
    {
        DimChoice.Min => "min",
        DimChoice.Max => "max",
        _ => "broadcast",
    };

    private string NameOf(Symbol symbol) => symbols.TryGetValue(symbol, out string? name) ? name : symbols[symbol] = names.Unique(symbol.Name);
}
