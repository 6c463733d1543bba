using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Graph;

/// <summary>A body as a list of what it does, in which every variable is the number of its place: what equality compares.</summary>
internal sealed class BodyComparison
{
    private readonly List<object> content = [];

    public BodyComparison(Body body)
    {
        var places = new Dictionary<Variable, int>(ReferenceEqualityComparer.Instance);
        foreach (Variable input in body.Inputs)
        {
            places.Add(input, places.Count);
            content.Add(input.Type);
        }

        foreach (Node node in body.Nodes)
        {
            foreach (Variable? input in node.Inputs.AsSpan())
                content.Add(Place(input, places));
            content.Add(node.Operation);
            foreach (Variable output in node.Outputs)
                places.Add(output, places.Count);
        }

        content.AddRange(body.Outputs.Select(output => Place(output, places)));
    }

    public bool IsEqualTo(BodyComparison other) => content.SequenceEqual(other.content);

    public int Hash()
    {
        var hash = new HashCode();
        foreach (object item in content)
            hash.Add(item);
        return hash.ToHashCode();
    }

    private static object Place(Variable? variable, Dictionary<Variable, int> places) =>
        variable is null ? -1 : variable.Constant is { } constant ? new Numbers(constant) : places[variable];

    /// <summary>A constant, equal to another with the same type, sizes and bits.</summary>
    private readonly struct Numbers(Value value) : IEquatable<Numbers>
    {
        private readonly Value value = value;

        public bool Equals(Numbers other) => value.BitEquals(other.value);

        public override bool Equals(object? obj) => obj is Numbers other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(value.DType);
            hash.AddBytes(value.Bytes[..Math.Min(value.Bytes.Length, 64)]);
            return hash.ToHashCode();
        }
    }
}
