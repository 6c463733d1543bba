using System.Collections.Frozen;
using static Toolkit.OnnxExport.Format.AttributeProto.Types;

namespace Toolkit.OnnxExport.Checking;

/// <summary>What an operator takes and gives from one version of its operator set on.</summary>
/// <param name="Since">The first version with this signature.</param>
/// <param name="IsDeprecated">Whether the operator may no longer be used.</param>
/// <param name="Inputs">How many inputs.</param>
/// <param name="Outputs">How many outputs.</param>
/// <param name="Attributes">The attributes by name.</param>
internal sealed record OperatorSignature(
    int Since,
    bool IsDeprecated,
    ArgumentCount Inputs,
    ArgumentCount Outputs,
    FrozenDictionary<string, AttributeSignature> Attributes);

/// <summary>How many arguments an operator has.</summary>
/// <param name="Minimum">The smallest number.</param>
/// <param name="Maximum">The largest number.</param>
/// <param name="Optional">Positions below the minimum that may be left out by an empty name.</param>
internal sealed record ArgumentCount(int Minimum, int Maximum, FrozenSet<int> Optional)
{
    /// <summary>Whether the argument at a position may have an empty name.</summary>
    public bool IsOptional(int position) => position >= Minimum || Optional.Contains(position);

    /// <inheritdoc/>
    public override string ToString() => (Minimum == Maximum, Maximum) switch
    {
        (true, _) => $"{Minimum}",
        (_, int.MaxValue) => $"at least {Minimum}",
        _ => $"{Minimum} to {Maximum}",
    };
}

/// <summary>What an attribute holds.</summary>
/// <param name="Type">The type.</param>
/// <param name="IsRequired">Whether it has no default value.</param>
internal readonly record struct AttributeSignature(AttributeType Type, bool IsRequired);
