namespace Lunette.Scsi.Tests;

public class AdditionalSenseTests
{
    public static TheoryData<AdditionalSense> Members => new(Enum.GetValues<AdditionalSense>());

    [Theory, MemberData(nameof(Members))]
    public void Member_Name_IsTheStandardsText(AdditionalSense code)
    {
        var letters = string.Concat(code.Describe().Where(char.IsAsciiLetterOrDigit));
        var name = code.ToString();
        // Under its short name everybody knows it; the standard says ACCESS DENIED first.
        if (code == AdditionalSense.InvalidLuIdentifier) name = "AccessDenied" + name;
        Assert.Equal(letters, name, ignoreCase: true);
    }

    [Theory]
    [InlineData(0x2400, "INVALID FIELD IN CDB")]
    [InlineData(0x4093, "DIAGNOSTIC FAILURE ON COMPONENT 93h")]
    [InlineData(0x4D07, "TAGGED OVERLAPPED COMMANDS, TASK TAG 07h")]
    [InlineData(0x8001, "VENDOR SPECIFIC 80h,01h")]
    [InlineData(0x0480, "VENDOR SPECIFIC QUALIFIER 04h,80h")]
    [InlineData(0x7F00, "NOT ASSIGNED 7Fh,00h")]
    public void Describe_Code_IsTheStandardsTextOrItsNumbers(int code, string text) =>
        Assert.Equal(text, ((AdditionalSense)code).Describe());

    [Fact]
    public void All_Texts_AreUpperCaseAndWithoutStraySpaces() => Assert.All(AdditionalSenseText.All.Values, text =>
    {
        Assert.Equal(text.Trim().ToUpperInvariant(), text);
        Assert.DoesNotContain("  ", text, StringComparison.Ordinal);
    });
}
