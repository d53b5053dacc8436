terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::111111111111:role/mail-deploy"
  }
}

variable "zone" {
  type = string
}

resource "aws_route53_record" "mx" {
  zone_id = var.zone
  name    = "example.com"
  type    = "MX"
  ttl     = 3600
  records = ["10 mx.example.net"]
}

resource "aws_route53_record" "spf" {
  zone_id = var.zone
  name    = "example.com"
  type    = "TXT"
  ttl     = 3600
  records = ["v=spf1 include:amazonses.com -all"]
}

resource "aws_route53_record" "dmarc" {
  zone_id = var.zone
  name    = "_dmarc.example.com"
  type    = "TXT"
  ttl     = 3600
  records = ["v=DMARC1; p=reject; rua=mailto:dmarc@example.com"]
}

resource "aws_route53_record" "mta_sts" {
  zone_id = var.zone
  name    = "_mta-sts.example.com"
  type    = "TXT"
  ttl     = 3600
  records = ["v=STSv1; id=2;"]
}
