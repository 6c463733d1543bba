namespace Toolkit.Samples.BookResults.Experiments;

internal sealed class FewDigits : SmallDigits
{
    public override string Name => "few-digits";

    public override string Source => "500 optical digits with and without regularizers, book 7.4, 7.5 and 7.12";

    public override int Epochs => 300;

    protected override int Seeds => 5;

    protected override int? Examples => 500;

    protected override IEnumerable<(string Kind, string Published)> Kinds =>
    [
        ("plain", "6.68 (0.43), 0.304 nats"), ("dropout", ""), ("dropout + max-norm", "5.54 (0.43), 0.183 nats"), ("fast dropout", "as dropout"),
        ("label smoothing", "4.24 (0.31)"), ("noise 0.2", "4.46 (0.52)"), ("adversarial", "4.67 (0.27)"), ("mixup", ""),
        ("maxout", "6.40"), ("maxout + dropout", "5.19"),
    ];
}
