using System.Globalization;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Export;

/// <summary>Writes the types of the values of one file. Symbols keep their names; those for sizes that depend on data get names of their own.</summary>
internal sealed class ValueTypes : IDimNotation<string>
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

    private TensorShapeProto.Types.Dimension Dimension(Dim dim) => dim.IsStatic ? new() { DimValue = dim.Size } : new() { DimParam = dim.Write(this) };

    /// <summary>A polynomial in the notation that other tools use: <c>2*batch*time + 1</c>, <c>floor(batch/4)</c>.</summary>
    string IDimNotation<string>.Sum(IReadOnlyList<string> terms) => terms.Count == 0 ? "0" : string.Join(" + ", terms).Replace("+ -", "- ", StringComparison.Ordinal);

    string IDimNotation<string>.Product(long coefficient, IReadOnlyList<string> factors) => string.Join(
        '*', coefficient == 1 && factors.Count > 0 ? factors : factors.Prepend(coefficient.ToString(CultureInfo.InvariantCulture)));

    string IDimNotation<string>.Symbol(Symbol symbol) => NameOf(symbol);

    string IDimNotation<string>.Quotient(Dim dividend, Dim divisor) =>
        divisor.IsStatic ? $"floor(({dividend.Write(this)})/{divisor})" : $"floor(({dividend.Write(this)})/({divisor.Write(this)}))";

    string IDimNotation<string>.Min(Dim first, Dim second) => $"min({first.Write(this)}, {second.Write(this)})";

    string IDimNotation<string>.Max(Dim first, Dim second) => $"max({first.Write(this)}, {second.Write(this)})";

    string IDimNotation<string>.Broadcast(Dim first, Dim second) => $"broadcast({first.Write(this)}, {second.Write(this)})";

    private string NameOf(Symbol symbol) => symbols.TryGetValue(symbol, out string? name) ? name : symbols[symbol] = names.Unique(symbol.Name);
}
